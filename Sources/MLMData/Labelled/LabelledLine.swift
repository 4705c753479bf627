/// How labelled text is written: `label<TAB>text`, an example a line.
public struct LabelledFormat: Hashable, Sendable {
  /// Whether the first line names the columns and is no example; by default it is one.
  public var hasHeader: Bool
  /// Whether an example is a pair, `label<TAB>text<TAB>second text`; by default it is one text.
  public var isPairs: Bool
  /// Whether malformed UTF-8 is an error; by default it is replaced and counted.
  public var strict: Bool
  /// Whether a label may be empty, as that of a text that belongs to none of several classes; by
  /// default that is an error.
  public var allowsEmptyLabel: Bool

  /// Creates a format; without arguments, `label<TAB>text` without a header.
  public init(
    hasHeader: Bool = false, isPairs: Bool = false, strict: Bool = false,
    allowsEmptyLabel: Bool = false
  ) {
    self.hasHeader = hasHeader
    self.isPairs = isPairs
    self.strict = strict
    self.allowsEmptyLabel = allowsEmptyLabel
  }
}

/// The fields of a line of labelled text, before anything is made of the label.
struct LabelledLine {
  var label: [UInt8]
  var text: [UInt8]
  var secondText: [UInt8]?

  /// Splits `line` at its tabs.
  ///
  /// - Throws: `DataError` for too few tabs, too many, or an empty label
  ///   where the format allows none.
  init(
    _ line: [UInt8], format: LabelledFormat, file: String, number: Int
  ) throws(DataError) {
    let fields = line.split(separator: 0x09, omittingEmptySubsequences: false)
    let expected = format.isPairs ? "label<TAB>text<TAB>text" : "label<TAB>text"
    let wanted = format.isPairs ? 3 : 2
    guard fields.count == wanted else {
      throw DataError(
        fields.count < wanted ? .missingTab : .extraTab, file: file, line: number,
        expected: expected,
        found: fields.count == 1
          ? "no tab" : "\(fields.count - 1) tab\(fields.count == 2 ? "" : "s")")
    }
    guard format.allowsEmptyLabel || !fields[0].isEmpty else {
      throw DataError(
        .emptyLabel, file: file, line: number, expected: expected, found: "an empty label")
    }
    label = Array(fields[0])
    text = Array(fields[1])
    secondText = format.isPairs ? Array(fields[2]) : nil
  }
}
