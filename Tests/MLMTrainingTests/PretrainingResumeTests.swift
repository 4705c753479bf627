import MLMTraining
import Testing

/// What a run finds when it is to be gone on with.
@Suite struct PretrainingResumeTests {
  /// Calls `body` with a run's output that has snapshots of steps 3 and 6 and nothing beyond.
  private func withSnapshots(
    _ body: (_ folder: String, _ text: String, _ output: String) throws -> Void
  ) throws {
    try withFolder { folder in
      let text = try SampleText.write(SampleText.sentences(90), in: folder)
      try leaveSnapshots(text, folder + "/out")
      try body(folder, text, folder + "/out")
    }
  }

  private func leaveSnapshots(_ text: String, _ output: String) throws {
    let run = try PretrainingRun(files: [text], output: output, options: SampleText.options())
    while run.step < 6, try run.advance() != nil {
      if run.step % 3 == 0 { try run.snapshot() }
    }
  }

  private func resume(_ text: String, _ output: String) throws -> PretrainingRun {
    try PretrainingRun(
      files: [text], output: output, options: SampleText.options(), existing: .resume)
  }

  private func finish(_ run: PretrainingRun) throws {
    while try run.advance() != nil {}
    _ = try run.finish()
  }

  /// The files of a finished run in the order in which they appear.
  private static let files = [
    "tokenizer.json", "tokenizer_config.json", "README.md", "model.safetensors", "config.json",
    "trainer_state.json",
  ]

  /// A directory in the way of a file ends the commit just before that file, as a kill would.
  @Test(arguments: files)
  func endedWhileTheModelAppears(file: String) throws {
    try withSnapshots { folder, text, output in
      func end() throws {
        let run = try resume(text, output)
        try FileSystem.create("\(output)/\(file)")
        try FileContents.write([1], to: "\(output)/\(file)/in the way")
        let failure = error(FileError.self) { try finish(run) }
        #expect(failure?.path == "\(output)/\(file)")
        FileSystem.removeTree("\(output)/\(file)")
      }
      try end()
      let place = try #require(Self.files.firstIndex(of: file))
      for (index, name) in Self.files.enumerated() {
        #expect(FileSystem.exists("\(output)/\(name)") == (index < place), "\(name)")
      }
      #expect(try PretrainingRun.finishedSummary(output: output) == nil)
      let run = try resume(text, output)
      #expect(run.step == 6)
      try finish(run)
      #expect(try SampleText.weights(output) == SampleText.reference)
      #expect(try PretrainingRun.finishedSummary(output: output)?.stepCount == 12)
    }
  }

  @Test(arguments: ["config.json", "model.safetensors", "tokenizer.json"])
  func finishedStateWithoutAModel(file: String) throws {
    try withSnapshots { folder, text, output in
      try finish(try resume(text, output))
      FileSystem.removeTree("\(output)/\(file)")
      #expect(try PretrainingRun.finishedSummary(output: output) == nil)
      try FileSystem.create(output + "/.writing-99999")
      let run = try resume(text, output)
      #expect(run.step == 6)
      // The stale state is gone at once: it would be taken for that of a model half-written.
      #expect(!FileSystem.exists(output + "/trainer_state.json"))
      #expect(!FileSystem.exists(output + "/.writing-99999"))
      try finish(run)
      #expect(try SampleText.weights(output) == SampleText.reference)
    }
  }

  /// What is done to the newest snapshot, and a word of what is then said of it.
  private static let damages: [(String, @Sendable (String) throws -> Void)] = [
    ("trainer_state.json", { FileSystem.removeTree($0 + "/trainer_state.json") }),
    ("trainer_state.json", { try FileContents.write([0x7B], to: $0 + "/trainer_state.json") }),
    ("optimizer.safetensors", { FileSystem.removeTree($0 + "/optimizer.safetensors") }),
    (
      "optimizer.safetensors",
      { path in
        let file = path + "/optimizer.safetensors"
        try FileContents.write(try FileContents.read(file).dropLast(4), to: file)
      }
    ),
    (
      "optimizer.safetensors",
      { path in
        try FileContents.write(
          try FileContents.read(path + "/model.safetensors"), to: path + "/optimizer.safetensors")
      }
    ),
    ("model.safetensors", { FileSystem.removeTree($0 + "/model.safetensors") }),
    ("config.json", { FileSystem.removeTree($0 + "/config.json") }),
    ("expected a number from 0 to 12, found 13", { try setStep("13", in: $0) }),
    ("expected a number from 0 to 12, found -1", { try setStep("-1", in: $0) }),
    ("after step 5", { try setStep("5", in: $0) }),
    ("sequencesPerStep", { try set("sequencesPerStep", "0", in: $0) }),
    ("dropout", { try set("dropout", "7", in: $0) }),
  ]

  private static func setStep(_ step: String, in path: String) throws {
    try set("step", step, in: path)
  }

  private static func set(_ key: String, _ value: String, in path: String) throws {
    let file = path + "/trainer_state.json"
    let lines = String(decoding: try FileContents.read(file), as: UTF8.self)
      .split(separator: "\n").map { line in
        guard line.contains("\"\(key)\" : ") else { return String(line) }
        return "\"\(key)\" : \(value)" + (line.hasSuffix(",") ? "," : "")
      }
    try FileContents.write(Array(lines.joined(separator: "\n").utf8), to: file)
  }

  @Test(arguments: damages.indices)
  func newestSnapshotIsNotWhole(index: Int) throws {
    let (word, damage) = Self.damages[index]
    try withSnapshots { folder, text, output in
      try damage(output + "/checkpoint-6")
      func passOver() throws {
        let run = try resume(text, output)
        #expect(run.step == 3)
        #expect(run.skippedSnapshots.count == 1)
        #expect(run.skippedSnapshots.first?.contains("checkpoint-6/") == true)
        #expect(run.skippedSnapshots.first?.contains(word) == true, "\(run.skippedSnapshots)")
      }
      try passOver()
      try damage(output + "/checkpoint-3")
      let before = FileSystem.names(in: output)
      let failure = error(TrainingError.self) { _ = try resume(text, output) }
      #expect(failure?.code == .badSnapshot)
      #expect(failure?.description.contains("checkpoint-6/") == true)
      #expect(failure?.description.contains("checkpoint-3/") == true)
      #expect(FileSystem.names(in: output) == before)
    }
  }

  @Test func snapshotJustWrittenStays() throws {
    try withSnapshots { folder, text, output in
      // Two beyond it, neither of them whole.
      FileSystem.removeTree(output + "/checkpoint-6/optimizer.safetensors")
      try FileSystem.create(output + "/checkpoint-8")
      func goOn() throws {
        let run = try resume(text, output)
        #expect(run.skippedSnapshots.count == 2)
        _ = try run.advance()
        try run.snapshot()
      }
      try goOn()
      #expect(FileSystem.names(in: output) == ["checkpoint-3", "checkpoint-4", "tokens"])
      let run = try resume(text, output)
      #expect(run.step == 4)
      #expect(run.skippedSnapshots.isEmpty)
      try finish(run)
      #expect(try SampleText.weights(output) == SampleText.reference)
    }
  }

  @Test func otherDirectoriesAreNotGoneOnWith() throws {
    try withFolder { folder in
      let text = try SampleText.write(SampleText.sentences(90), in: folder)
      let output = folder + "/out"
      for name in ["config.json", "notes.txt", "tokens/notes.txt", "checkpoint-best/a"] {
        try FileSystem.create(output)
        if name.contains("/") {
          try FileSystem.create(FileSystem.parent(of: output + "/" + name))
        }
        try FileContents.write([1, 2], to: output + "/" + name)
        let before = FileSystem.names(in: output)
        let failure = error(FileError.self) { _ = try resume(text, output) }
        #expect(failure?.code == .exists, "\(name)")
        #expect(FileSystem.names(in: output) == before)
        #expect(try FileContents.read(output + "/" + name) == [1, 2])
        FileSystem.removeTree(output)
      }
    }
  }

  @Test func endedBeforeTheFirstSnapshot() throws {
    try withFolder { folder in
      let text = try SampleText.write(SampleText.sentences(90), in: folder)
      let output = folder + "/out"
      try FileSystem.create(output)
      try FileSystem.create(output + "/tokens")
      try FileContents.write([1], to: output + "/tokens/shard-00000.tokens.tmp-77")
      let run = try resume(text, output)
      #expect(run.step == 0)
      try finish(run)
      #expect(try SampleText.weights(output) == SampleText.reference)
    }
  }

  @Test func finishedRunAndItsText() throws {
    try withFolder { folder in
      let sentences = SampleText.sentences(90)
      let text = try SampleText.write(sentences, in: folder)
      let output = folder + "/out"
      let options = SampleText.options { $0.stepCount = 2 }
      let weights = try SampleText.train([text], output, options)
      let summary = try #require(try PretrainingRun.finishedSummary(output: output))
      func again(_ files: [String]) throws -> PretrainingSummary? {
        try PretrainingRun.finishedSummary(output: output, options: options, files: files)
      }
      #expect(try again([text]) == summary)
      let copy = try SampleText.write(sentences, in: folder, as: "copy.txt")
      #expect(try again([copy]) == summary)
      var other = sentences
      other.swapAt(2, 5)
      let swapped = try SampleText.write(other, in: folder, as: "other.txt")
      let failure = error(TrainingError.self) { _ = try again([swapped]) }
      #expect(failure?.code == .badOptions)
      #expect(failure?.description.contains("the text is not the one") == true)
      #expect(error(TrainingError.self) { _ = try again([text, copy]) }?.code == .badOptions)
      #expect(error(FileError.self) { _ = try again([folder + "/none"]) }?.code == .missing)
      #expect(try SampleText.weights(output) == weights)
    }
  }

  @Test func textFieldIsRemembered() throws {
    try withFolder { folder in
      let lines = SampleText.sentences(90).map { "{\"body\": \"\($0)\"}" }
      let text = try SampleText.write(lines, in: folder)
      let output = folder + "/out"
      func begin() throws {
        let run = try PretrainingRun(
          files: [text], output: output, options: SampleText.options { $0.textField = "body" })
        _ = try run.advance()
        try run.snapshot()
      }
      try begin()
      let other = error(TrainingError.self) {
        _ = try PretrainingRun(
          files: [text], output: output, options: SampleText.options { $0.textField = "text" },
          existing: .resume)
      }
      #expect(other?.description.contains("text field: stored body, given text") == true)
      let run = try resume(text, output)
      #expect(run.step == 1)
      try finish(run)
      #expect(try SampleText.weights(output) == SampleText.reference)
      #expect(
        try PretrainingRun.finishedSummary(
          output: output, options: SampleText.options(), files: [text]) != nil)
    }
  }

  @Test func budgetAndItsSteps() throws {
    try withFolder { folder in
      let text = try SampleText.write(SampleText.sentences(90), in: folder)
      let output = folder + "/out"
      let options = SampleText.options { ($0.stepCount, $0.budget) = (nil, 0.05) }
      let run = try PretrainingRun(files: [text], output: output, options: options)
      let steps = run.plan.stepCount
      while try run.advance() != nil {}
      let summary = try run.finish()
      #expect(try PretrainingRun.finishedSummary(output: output, options: options) == summary)
      let same = SampleText.options { $0.stepCount = steps }
      #expect(try PretrainingRun.finishedSummary(output: output, options: same) == summary)
      let failure = error(TrainingError.self) {
        _ = try PretrainingRun.finishedSummary(
          output: output, options: SampleText.options { ($0.stepCount, $0.budget) = (nil, 9) })
      }
      #expect(failure?.description.contains("budget: stored 0.05, given 9.0") == true)
    }
  }
}
