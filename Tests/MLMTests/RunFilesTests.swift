import MLM
import Testing

@Suite struct RunFilesTests {
  @Test func namesOfSnapshots() {
    #expect(RunFiles.snapshot(ofStep: 120) == "checkpoint-120")
    #expect(RunFiles.step(ofSnapshot: "checkpoint-120") == 120)
    for name in [
      "checkpoint-", "checkpoint--5", "checkpoint-05", "checkpoint-5.writing-7", "checkpoint-best",
      "5", "-5", "other-5", "checkpoint-99999999999999999999",
    ] {
      #expect(RunFiles.step(ofSnapshot: name) == nil, "\(name)")
    }
  }

  /// Another model in the place of a run's must not be taken for the run's.
  @Test func aModelTakesThePlaceOfARun() throws {
    try withFolder { folder in
      let own = [
        "trainer_state.json", "checkpoint-20/optimizer.safetensors", "tokens/shard-00000.tokens",
      ]
      let others = [
        "notes.txt", "checkpoint-500/optimizer.pt", "checkpoint-best/optimizer.safetensors",
      ]
      for name in own + others {
        let path = folder + "/" + name
        let parent = FileSystem.parent(of: path)
        if !FileSystem.isDirectory(parent) { try FileSystem.create(parent) }
        try FileContents.write([1], to: path)
      }
      #expect(RunFiles.names(in: folder) == ["checkpoint-20", "tokens", "trainer_state.json"])
      try SampleModel.directory(objective: "hybrid").write(to: folder)
      let left = try contents(of: folder)
      for name in own { #expect(left[name] == nil, "\(name)") }
      for name in others { #expect(left[name] == [1], "\(name)") }
      _ = try ModelDirectory(contentsOf: folder)
    }
  }

  @Test func tokensOfOthersStay() throws {
    try withFolder { folder in
      try FileSystem.create(folder + "/tokens")
      #expect(RunFiles.hasTokens(folder))
      try FileContents.write([1], to: folder + "/tokens/mine.txt")
      #expect(!RunFiles.hasTokens(folder))
      #expect(RunFiles.names(in: folder).isEmpty)
    }
  }
}
