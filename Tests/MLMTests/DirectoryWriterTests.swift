import MLM
import Testing

@Suite struct DirectoryWriterTests {
  @Test func newDirectoryAppearsWhole() throws {
    try withFolder { folder in
      let path = folder + "/out"
      let writer = try DirectoryWriter(path)
      try writer.write("a.txt", [1, 2])
      try writer.write("inner/b.txt", [3])
      #expect(!FileSystem.exists(path))
      try writer.commit()
      #expect(try contents(of: folder) == ["out/a.txt": [1, 2], "out/inner/b.txt": [3]])
    }
  }

  @Test func existingDirectoryKeepsItsOtherFiles() throws {
    try withFolder { folder in
      try FileContents.write([9], to: folder + "/notes.txt")
      try FileContents.write([8], to: folder + "/config.json")
      let writer = try DirectoryWriter(folder)
      try writer.write("inner/a.txt", [1])
      try writer.write("config.json", [2])
      #expect(try FileContents.read(folder + "/config.json") == [8])
      try writer.commit()
      #expect(
        try contents(of: folder) == [
          "notes.txt": [9], "inner/a.txt": [1], "config.json": [2],
        ])
    }
  }

  @Test func commitRemovesWhatItIsTold() throws {
    try withFolder { folder in
      try FileSystem.create(folder + "/old")
      for name in ["old/a", "b", "c"] { try FileContents.write([9], to: folder + "/" + name) }
      let writer = try DirectoryWriter(folder)
      try writer.write("b", [1])
      try writer.commit(removing: ["old", "b", "none"])
      #expect(try contents(of: folder) == ["b": [1], "c": [9]])
    }
  }

  @Test(arguments: [true, false])
  func nothingIsLeftWithoutCommit(exists: Bool) throws {
    try withFolder { folder in
      let path = folder + "/out"
      if exists { try FileSystem.create(path) }
      func begin() throws {
        let writer = try DirectoryWriter(path)
        try writer.write("inner/a.txt", [1])
      }
      try begin()
      #expect(try contents(of: folder).isEmpty)
      #expect(FileSystem.names(in: folder) == (exists ? ["out"] : []))
      #expect(FileSystem.names(in: path).isEmpty)
    }
  }

  @Test(arguments: ["out/", "out//", "out"])
  func slashAtTheEnd(name: String) throws {
    try withFolder { folder in
      let writer = try DirectoryWriter(folder + "/" + name)
      try writer.write("a.txt", [1])
      try writer.commit()
      #expect(try contents(of: folder) == ["out/a.txt": [1]])
    }
  }

  @Test func fileInTheWay() throws {
    try withFolder { folder in
      let path = folder + "/out"
      try FileContents.write([5], to: path)
      func attempt() throws {
        let writer = try DirectoryWriter(path)
        try writer.write("a.txt", [1])
        try writer.commit()
      }
      #expect(error(FileError.self, attempt)?.path == path)
      #expect(try contents(of: folder) == ["out": [5]])
    }
  }

  @Test func missingParent() throws {
    try withFolder { folder in
      let failure = error(FileError.self) { _ = try DirectoryWriter(folder + "/no/out") }
      #expect(failure?.code == .cannotCreate)
      #expect(FileSystem.names(in: folder).isEmpty)
    }
  }
}
