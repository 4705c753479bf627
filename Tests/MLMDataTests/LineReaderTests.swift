import MLMData
import MLMText
import Testing

struct LineReaderTests {
  private func lines(
    _ bytes: some Sequence<UInt8>, _ options: LineReader.Options = .init()
  ) throws -> [String] {
    let folder = try ScratchFolder()
    let reader = try LineReader(path: folder.write(bytes), options: options)
    var lines: [String] = []
    while let line = try reader.next() { lines.append(String(decoding: line, as: UTF8.self)) }
    return lines
  }

  @Test func endsLinesAtLineFeedOnly() throws {
    #expect(try lines("".utf8) == [])
    #expect(try lines("\n".utf8) == [""])
    #expect(try lines("a".utf8) == ["a"])
    #expect(try lines("a\n\nb".utf8) == ["a", "", "b"])
    #expect(try lines("a\r\nb\u{85}c\u{2028}d\u{2029}e\u{B}f\u{C}g\rh\n".utf8).count == 2)
  }

  @Test func linesMayBeLimited() throws {
    var options = LineReader.Options()
    options.longestLine = 3
    #expect(try lines("abc\n\nabc".utf8, options) == ["abc", "", "abc"])
    for text in ["ab\nabcd\n", "ab\nabcd"] {
      #expect {
        try lines(text.utf8, options)
      } throws: { error in
        (error as? DataError)?.code == .tooLong && (error as? DataError)?.line == 2
      }
    }
  }

  @Test func malformedBytesMayStay() throws {
    var options = LineReader.Options.verbatim
    options.repairs = false
    let folder = try ScratchFolder()
    let reader = try LineReader(path: folder.write([0x61, 0xFF, 0x0A, 0xC3]), options: options)
    #expect(try reader.next() == [0x61, 0xFF])
    #expect(try reader.next() == [0xC3])
    #expect(try reader.next() == nil && reader.replacementCount == 0)
  }

  @Test func countsLinesBytesAndTerminators() throws {
    let folder = try ScratchFolder()
    let reader = try LineReader(path: folder.write("one\ntwo"))
    #expect(reader.lineNumber == 0)
    _ = try reader.next()
    #expect(reader.lineNumber == 1 && reader.byteCount == 4 && reader.isTerminated)
    _ = try reader.next()
    #expect(reader.lineNumber == 2 && reader.byteCount == 7 && !reader.isTerminated)
    #expect(try reader.next() == nil)
    #expect(try reader.next() == nil)
    #expect(reader.lineNumber == 2)
  }

  /// Lines that end around, at and far beyond the end of a 1 MiB block.
  @Test func joinsBlocks() throws {
    let block = 1 << 20
    for length in [block - 2, block - 1, block, block + 1, 3 * block] {
      let long = [UInt8](repeating: 0x78, count: length)
      let read = try lines(long + [0x0A] + Array("next\n".utf8))
      #expect(read.map(\.utf8.count) == [length, 4])
    }
  }

  @Test func dropsAByteOrderMarkAtTheBeginningOnly() throws {
    #expect(
      try lines("\u{FEFF}a\n\u{FEFF}b".utf8).map { Array($0.utf8) } == [
        Array("a".utf8), Array("\u{FEFF}b".utf8),
      ])
    #expect(try lines("\u{FEFF}a".utf8, .verbatim).map { $0.unicodeScalars.count } == [2])
  }

  @Test func replacesAndCountsMalformedUTF8() throws {
    let folder = try ScratchFolder()
    // A lone continuation byte, then the first two bytes of a three-byte character.
    let path = try folder.write([0x61, 0x80, 0x62, 0x0A, 0xE2, 0x82, 0x0A, 0x63])
    let reader = try LineReader(path: path)
    #expect(try reader.next() == Array("a\u{FFFD}b".utf8))
    #expect(try reader.next() == Array("\u{FFFD}".utf8))
    #expect(try reader.next() == Array("c".utf8))
    #expect(reader.replacementCount == 2)
  }

  @Test func refusesMalformedUTF8WhenStrict() throws {
    let folder = try ScratchFolder()
    let path = try folder.write([0x61, 0x0A, 0x62, 0xFF, 0x0A])
    let reader = try LineReader(path: path, options: .init(strict: true))
    _ = try reader.next()
    let error = try dataError { _ = try reader.next() }
    #expect(error.code == .malformedUTF8)
    #expect("\(error)" == "\(path):2: expected UTF-8, found byte 0xFF at column 2")
  }

  @Test func refusesBinaryFiles() throws {
    let folder = try ScratchFolder()
    let text = [UInt8](repeating: 0x61, count: 64 << 10)
    let near = try folder.write(text.dropLast() + [0], to: "near")
    #expect(try dataError { _ = try LineReader(path: near).next() }.code == .binary)
    let far = try folder.write(text + [0], to: "far")
    #expect(try LineReader(path: far).next()?.count == text.count + 1)
    #expect(try LineReader(path: near, options: .verbatim).next()?.count == text.count)
    let wide = try folder.write([0xFF, 0xFE, 0x61, 0x00], to: "wide")
    let error = try dataError { _ = try LineReader(path: wide).next() }
    #expect("\(error)" == "\(wide): expected UTF-8 text, found UTF-16 (convert it to UTF-8)")
  }

  @Test func namesFilesThatCannotBeRead() throws {
    let folder = try ScratchFolder()
    let missing = #expect(throws: FileError.self) {
      try LineReader(path: folder.path + "/missing")
    }
    #expect(missing?.code == .missing && missing?.path == folder.path + "/missing")
    let directory = #expect(throws: FileError.self) { try LineReader(path: folder.path) }
    #expect(directory?.code == .isDirectory)
  }
}
