import MLMData
import MLMText
import Testing

struct DocumentReaderTests {
  private func documents(
    _ texts: [String], _ boundary: DocumentBoundary = .line, textField: String? = nil
  ) throws -> (documents: [String], lines: [Int], counts: DocumentReader.Counts) {
    let folder = try ScratchFolder()
    let paths = try texts.enumerated().map { try folder.write($1, to: "\($0)") }
    let reader = DocumentReader(paths: paths, boundary: boundary, textField: textField)
    var documents: [String] = []
    var lines: [Int] = []
    while let document = try reader.next() {
      documents.append(String(decoding: document.bytes, as: UTF8.self))
      lines.append(document.line)
    }
    return (documents, lines, reader.counts)
  }

  @Test func takesLines() throws {
    let (documents, lines, counts) = try documents(["a\r\n\n \t\nb c", "\nd\n"])
    #expect(documents == ["a", "b c", "d"])
    #expect(lines == [1, 4, 2])
    #expect(counts.documents == 3 && counts.documentBytes == 5)
    #expect(counts.emptyDocuments == 3 && counts.bytes == 13 && counts.replacements == 0)
  }

  @Test func takesParagraphs() throws {
    let (documents, lines, counts) = try documents(
      ["\n\na\r\nb\r\n \r\n\r\nc\n", "d"], .paragraph)
    #expect(documents == ["a\nb", "c", "d"])
    #expect(lines == [3, 7, 1])
    #expect(counts.documents == 3 && counts.emptyDocuments == 0)
  }

  @Test func takesFiles() throws {
    let (documents, _, counts) = try documents(["a\n\nb\n", "", "c"], .file)
    #expect(documents == ["a\n\nb", "c"])
    #expect(counts.bytes == 6)
  }

  @Test func takesAFieldOfJSONLines() throws {
    let lines = #"{"id":1,"body":"a\nb \u00e9\ud83d\ude00"}"# + "\n\n" + #"{"body":"c","x":{}}"#
    let (documents, _, counts) = try documents([lines], .file, textField: "body")
    #expect(documents == ["a\nb é😀", "c"])
    #expect(counts.emptyDocuments == 1)
  }

  @Test(arguments: [
    ("{\"text\":3}", "a field that is not a string"), ("{\"other\":\"a\"}", "no such field"),
    ("{\"text\":\"a\"", "no valid JSON"), ("[1]", "no object"), ("{\"text\":null}", "null"),
  ])
  func refusesJSONLinesWithoutTheField(line: String, found: String) throws {
    let folder = try ScratchFolder()
    let path = try folder.write("{\"text\":\"good\"}\n" + line + "\n")
    let reader = DocumentReader(paths: [path], textField: "text")
    _ = try reader.next()
    let error = try dataError { _ = try reader.next() }
    #expect(error.code == .malformedJSON)
    #expect(
      "\(error)" == "\(path):2: expected a JSON object with the text in \"text\", found \(found)")
  }

  @Test func refusesAnEmptyCorpus() throws {
    let folder = try ScratchFolder()
    let empty = try folder.write("")
    let blank = try folder.write(" \n\r\n", to: "blank")
    let first = try dataError { _ = try DocumentReader(paths: [empty]).next() }
    #expect(first.code == .empty && "\(first)" == "\(empty): expected text, found no bytes")
    let second = try dataError { _ = try DocumentReader(paths: [empty, blank]).next() }
    #expect("\(second)" == "\(empty), \(blank): expected text, found nothing but white space")
  }

  @Test func countsReplacementsAndRefusesThemWhenStrict() throws {
    let folder = try ScratchFolder()
    let path = try folder.write(Array("good\nb".utf8) + [0xC3] + Array("d\n".utf8))
    let reader = DocumentReader(paths: [path])
    while try reader.next() != nil {}
    #expect(reader.counts.replacements == 1)
    let strict = DocumentReader(paths: [path], strict: true)
    _ = try strict.next()
    let error = try dataError { _ = try strict.next() }
    #expect(error.code == .malformedUTF8 && error.line == 2)
  }

  @Test func namesAMissingFileAfterReadingTheFirst() throws {
    let folder = try ScratchFolder()
    let reader = DocumentReader(paths: [try folder.write("a"), folder.path + "/missing"])
    #expect(try reader.next()?.bytes == [0x61])
    #expect(throws: FileError.self) { try reader.next() }
  }
}
