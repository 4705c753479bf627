import MLMData
import MLMText
import Testing

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Packed files, patterns and directories.
@Suite struct InputTests {
  private static let text = "one two\nthree\n"
  /// The text as Python's gzip and the program zstd pack it.
  private static let gzip: [UInt8] = [
    31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 203, 207, 75, 85, 40, 41, 207, 231, 42, 201, 40, 74, 77, 229,
    2, 0, 229, 2, 213, 65, 14, 0, 0, 0,
  ]
  private static let zstd: [UInt8] = [
    0x28, 0xB5, 0x2F, 0xFD, 0x04, 0x58, 0x71, 0x00, 0x00, 0x6F, 0x6E, 0x65, 0x20, 0x74, 0x77, 0x6F,
    0x0A, 0x74, 0x68, 0x72, 0x65, 0x65, 0x0A, 0x2B, 0x3A, 0x6D, 0xD2,
  ]

  private func lines(_ path: String) throws -> [String] {
    let reader = try LineReader(path: path)
    var lines: [String] = []
    while let line = try reader.next() { lines.append(String(decoding: line, as: UTF8.self)) }
    return lines
  }

  private func blocks(_ path: String, size: Int, strict: Bool = false) throws -> [String] {
    let blocks = try TextBlocks(path: path, size: size, strict: strict)
    var found: [String] = []
    while let block = try blocks.next() { found.append(String(decoding: block, as: UTF8.self)) }
    #expect(blocks.byteCount == found.reduce(0) { $0 + $1.utf8.count })
    return found
  }

  @Test(arguments: [gzip, zstd])
  func packedFilesAreRead(packed: [UInt8]) throws {
    let folder = try ScratchFolder()
    // The name says nothing; two packed files in one are one text.
    let path = try folder.write(packed + packed, to: "plain.txt")
    #expect(try lines(path) == ["one two", "three", "one two", "three"])
    #expect(try blocks(path, size: 100) == [Self.text + Self.text])
  }

  @Test(arguments: [gzip, zstd])
  func damagedFilesAreRefused(packed: [UInt8]) throws {
    let folder = try ScratchFolder()
    for end in 4..<packed.count {
      let path = try folder.write(packed[..<end])
      let error = try dataError { _ = try lines(path) }
      #expect(error.code == .corrupt && error.file == path, "cut at \(end)")
    }
    var changed = packed
    changed[packed.count - 12] ^= 0x55
    let path = try folder.write(changed)
    #expect(try dataError { _ = try lines(path) }.code == .corrupt)
    let trailing = try folder.write(packed + Array("more".utf8))
    #expect(try dataError { _ = try lines(trailing) }.code == .corrupt)
  }

  @Test func textThatBeginsLikeAPackedFileIsText() throws {
    let folder = try ScratchFolder()
    for text in ["(", "(\n", "(µ", "\u{1F}", ""] {
      let path = try folder.write(text)
      #expect(try lines(path).joined() == text.filter { $0 != "\n" })
    }
  }

  @Test func blocksEndWithALine() throws {
    let folder = try ScratchFolder()
    let text = "a\nbb\n\nlonger than a block of text\nlast"
    let path = try folder.write(text)
    for size in [1, 4, 10, 100] {
      let found = try blocks(path, size: size)
      #expect(found.joined() == text)
      #expect(found.dropLast().allSatisfy { $0.hasSuffix("\n") })
    }
    let malformed = try folder.write([0x61, 10, 0x62, 0xFF, 10])
    #expect(try dataError { _ = try blocks(malformed, size: 100, strict: true) }.line == 2)
    let binary = try folder.write([0x61, 0, 10])
    #expect(try dataError { _ = try blocks(binary, size: 100) }.code == .binary)
  }

  @Test func directoriesAndPatternsStandForFilesInOrder() throws {
    let folder = try ScratchFolder()
    let manager = FileManager.default
    for name in ["b", "b/c", ".hidden"] {
      try manager.createDirectory(
        atPath: folder.path + "/" + name, withIntermediateDirectories: true)
    }
    for name in ["z.txt", "a.txt", "b/x.txt", "b/c/y.txt", "b/c/y.md", ".hidden/n.txt", ".n.txt"] {
      _ = try folder.write("x\n", to: name)
    }
    func expand(_ arguments: String...) throws -> [String] {
      try InputFiles.expand(arguments.map { $0 == "-" ? $0 : folder.path + $0 })
        .map { $0 == "-" ? $0 : String($0.dropFirst(folder.path.count)) }
    }
    let all = ["/a.txt", "/b/c/y.md", "/b/c/y.txt", "/b/x.txt", "/z.txt"]
    #expect(try expand("") == all)
    #expect(
      try expand("/z.txt", "-", "/b") == ["/z.txt", "-", "/b/c/y.md", "/b/c/y.txt", "/b/x.txt"])
    #expect(try expand("/*.txt") == ["/a.txt", "/z.txt"])
    #expect(try expand("/**/*.txt") == ["/a.txt", "/b/c/y.txt", "/b/x.txt", "/z.txt"])
    #expect(try expand("/b/[w-z].t?t") == ["/b/x.txt"])
    // A name that is there is no pattern; one that is nowhere is found missing when it is opened.
    _ = try folder.write("x\n", to: "[1].txt")
    #expect(try expand("/[1].txt") == ["/[1].txt"])
    #expect(try expand("/none") == ["/none"])
    #expect(throws: FileError.self) { try expand("/*.none") }
    #expect(throws: FileError.self) { try expand("/.hidden/../b/nothing-*") }
    #expect(InputFiles.totalSize([folder.path + "/a.txt", folder.path + "/z.txt"]) == 4)
    #expect(InputFiles.totalSize([folder.path + "/a.txt", "-"]) == nil)
  }
}
