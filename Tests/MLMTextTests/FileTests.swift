import MLMText
import Testing

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

@Suite struct FileTests {
  /// A directory of its own for each test.
  private func withDirectory(_ body: (String) throws -> Void) throws {
    let path = FileManager.default.temporaryDirectory.path + "/mlm-files-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    try body(path)
  }

  private func names(_ directory: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: directory).sorted()
  }

  @Test func whatIsWrittenIsRead() throws {
    try withDirectory { directory in
      for size in [0, 1, 1 << 16, 300_001] {
        let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try FileContents.write(bytes, to: directory + "/a")
        #expect(try FileContents.read(directory + "/a") == bytes)
      }
      #expect(try names(directory) == ["a"])
    }
  }

  @Test func piecesOfAnySizeFollowEachOther() throws {
    try withDirectory { directory in
      var file = try AtomicFile(path: directory + "/a")
      var expected: [UInt8] = []
      for size in [3, 200_000, 0, 131_072, 1, 131_071, 5] {
        let piece = [UInt8](repeating: UInt8(truncatingIfNeeded: size), count: size)
        try file.write(piece)
        expected += piece
      }
      try file.commit()
      #expect(try FileContents.read(directory + "/a") == expected)
    }
  }

  @Test func aFileThatIsNotCommittedLeavesNothing() throws {
    struct Interruption: Error {}
    func write(_ path: String) throws {
      var file = try AtomicFile(path: path)
      try file.write([UInt8](repeating: 1, count: 500_000))
      throw Interruption()
    }
    try withDirectory { directory in
      try FileContents.write([7], to: directory + "/a")
      #expect(throws: Interruption.self) { try write(directory + "/a") }
      #expect(throws: Interruption.self) { try write(directory + "/b") }
      #expect(try names(directory) == ["a"])
      #expect(try FileContents.read(directory + "/a") == [7])
    }
  }

  @Test func theOldFileIsThereUntilTheNewOneIsWhole() throws {
    try withDirectory { directory in
      let path = directory + "/a"
      try FileContents.write([1, 2, 3], to: path)
      var first = try AtomicFile(path: path)
      var second = try AtomicFile(path: path)
      try first.write([4])
      try second.write([5, 5])
      #expect(try FileContents.read(path) == [1, 2, 3])
      try first.commit()
      #expect(try FileContents.read(path) == [4])
      try second.commit()
      #expect(try FileContents.read(path) == [5, 5])
      #expect(try names(directory) == ["a"])
    }
  }

  @Test func errorsNameTheFileAndWhatIsWrongWithIt() throws {
    try withDirectory { directory in
      func code(_ body: () throws -> Void) -> FileError? {
        do {
          try body()
          return nil
        } catch {
          return error as? FileError
        }
      }
      let missing = code { _ = try FileContents.read(directory + "/none") }
      #expect(missing?.code == .missing)
      #expect(missing?.description == "\(directory)/none: no such file")
      #expect(code { _ = try FileContents.read(directory) }?.code == .isDirectory)
      #expect(code { try FileContents.write([1], to: directory) }?.code == .isDirectory)
      let nowhere = code { try FileContents.write([1], to: directory + "/no/where") }
      #expect(nowhere?.code == .cannotCreate)
      #expect(nowhere?.reason.contains("\(directory)/no") == true)
      #expect(code { _ = try FileContents.read(directory + "/none/below") }?.code == .missing)
      let left = try names(directory)
      #expect(left.isEmpty)
      let tokenizer = code { _ = try Tokenizer(contentsOf: directory + "/tokenizer.json") }
      #expect(tokenizer?.code == .missing)
    }
  }

  #if os(Linux)
    @Test func aFullDiskIsTold() throws {
      for size in [1, 1_000_000] {
        do {
          try FileContents.write([UInt8](repeating: 1, count: size), to: "/dev/full")
          Issue.record("expected an error")
        } catch {
          #expect(error.code == .diskFull)
        }
      }
      // The device is still the device.
      #expect(throws: FileError.self) { try FileContents.write([1], to: "/dev/full") }
      try FileContents.write([1], to: "/dev/null")
    }
  #endif
}
