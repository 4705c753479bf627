import MLMData
import MLMText
import Testing

struct LabelledDatasetTests {
  private func dataset(
    _ text: String, _ format: LabelledFormat = .init(), labels: [String]? = nil
  ) throws -> LabelledDataset {
    let folder = try ScratchFolder()
    return try LabelledDataset(contentsOf: folder.write(text), format: format, labels: labels)
  }

  private func texts(_ dataset: LabelledDataset) -> [String] {
    dataset.examples.map { String(decoding: $0.text, as: UTF8.self) }
  }

  @Test func readsLabelsAndTexts() throws {
    let data = try dataset("\u{FEFF}pos\tgood film\r\n\nneg\tbad \rfilm\npos\t")
    #expect(data.labels == ["neg", "pos"])
    #expect(texts(data) == ["good film", "bad \rfilm", ""])
    #expect(data.examples.map(\.label) == [1, 0, 1])
    #expect(data.examples.map(\.line) == [1, 3, 4])
    #expect(data.blankLineCount == 1)
    #expect(data.labelCounts == [1, 2])
  }

  @Test func sortsLabelsByBytesAndIntegersByValue() throws {
    #expect(try dataset("b\t\nB\t\né\t\na10\t\na9\t").labels == ["B", "a10", "a9", "b", "é"])
    #expect(try dataset("10\t\n9\t\n-1\t\n09\t").labels == ["-1", "09", "9", "10"])
    #expect(try dataset("10\t\n9\t\nx\t").labels == ["10", "9", "x"])
  }

  /// One is U+00E9, the other U+0065 U+0301: equal as Swift strings, not as bytes.
  @Test func keepsCanonicallyEqualLabelsApart() throws {
    #expect(try dataset("\u{E9}\ta\n\u{65}\u{301}\tb").labels.count == 2)
  }

  @Test func readsPairsAndHeaders() throws {
    let data = try dataset(
      "label\ta\tb\n1\tx\ty\n0\tz\t\n", LabelledFormat(hasHeader: true, isPairs: true))
    #expect(data.labels == ["0", "1"])
    #expect(data.examples.map(\.secondText) == [[0x79], []])
  }

  @Test(arguments: [
    ("a\tx\nb x\n", false, DataError.Code.missingTab, ":2: expected label<TAB>text, found no tab"),
    ("a\tx\nb\tx\ty\n", false, .extraTab, ":2: expected label<TAB>text, found 2 tabs"),
    ("a\tx\n", true, .missingTab, ":1: expected label<TAB>text<TAB>text, found 1 tab"),
    ("a\tx\ty\tz\n", true, .extraTab, ":1: expected label<TAB>text<TAB>text, found 3 tabs"),
    ("\tx\n", false, .emptyLabel, ":1: expected label<TAB>text, found an empty label"),
    ("a\tx\na\ty\n", false, .oneClass, ": expected at least two labels, found only \"a\""),
    ("", false, .empty, ": expected lines of label<TAB>text, found no bytes"),
    ("\n\n", false, .empty, ": expected lines of label<TAB>text, found no examples"),
  ])
  func namesWhatIsWrong(text: String, pairs: Bool, code: DataError.Code, message: String) throws {
    let folder = try ScratchFolder()
    let path = try folder.write(text)
    let error = try dataError {
      _ = try LabelledDataset(contentsOf: path, format: .init(isPairs: pairs))
    }
    #expect(error.code == code)
    #expect("\(error)" == path + message)
  }

  /// Of several classes a text may have none.
  @Test func labelsMayBeEmptyWhereTheyMay() throws {
    let data = try dataset(
      "\tx\na|b\ty\n\tz\n", LabelledFormat(allowsEmptyLabel: true))
    #expect(data.labels == ["", "a|b"])
    #expect(data.examples.map(\.label) == [0, 1, 0])
  }

  @Test func numbersByTheLabelsOfAModel() throws {
    let data = try dataset("pos\ta\npos\tb", labels: ["pos", "neg"])
    #expect(data.labels == ["pos", "neg"])
    #expect(data.examples.map(\.label) == [0, 0])
    let error = try dataError { _ = try dataset("pos\ta\nnew\tb", labels: ["neg", "pos"]) }
    #expect(error.code == .unknownLabel && error.line == 2)
    #expect(error.reason == "expected one of the labels \"neg\", \"pos\", found \"new\"")
  }

  @Test func refusesMalformedUTF8WhenStrict() throws {
    let folder = try ScratchFolder()
    let path = try folder.write(Array("a\tx\nb\t".utf8) + [0xFF])
    #expect(try LabelledDataset(contentsOf: path).replacementCount == 1)
    let error = try dataError {
      _ = try LabelledDataset(contentsOf: path, format: .init(strict: true))
    }
    #expect(error.code == .malformedUTF8 && error.line == 2)
  }
}
