/// A text with its label.
public struct LabelledText: Hashable, Sendable {
  /// The position of the label in the labels of its data set.
  public var label: Int
  /// The text: valid UTF-8.
  public var text: [UInt8]
  /// The second text of a pair.
  public var secondText: [UInt8]?
  /// The number of its line in the file, from 1.
  public var line: Int

  /// Creates an example.
  public init(label: Int, text: [UInt8], secondText: [UInt8]? = nil, line: Int) {
    self.label = label
    self.text = text
    self.secondText = secondText
    self.line = line
  }
}

/// Labelled texts and the names of their labels.
public struct LabelledDataset: Sendable {
  /// The file it came from, or "standard input".
  public let name: String
  /// The label names, in the order of their bytes, integers by value; or the order given.
  public let labels: [String]
  /// The examples, in the order of the file.
  public let examples: [LabelledText]
  /// Lines without a byte, which were left out.
  public let blankLineCount: Int
  /// Malformed UTF-8 sequences, each replaced by one U+FFFD.
  public let replacementCount: Int

  /// Reads a file of `label<TAB>text` lines; "-" is standard input.
  ///
  /// A U+000D at the end of a line is dropped. Lines without a byte are left out and counted.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - format: the columns.
  ///   - labels: the labels to number by, as of a model that exists. Default: those of the file,
  ///     which then must be two at least.
  /// - Throws: `FileError` for a file that cannot be read; `DataError` naming file and line
  ///   for a line without tab or with further ones, an empty or unknown label, a binary file,
  ///   malformed UTF-8 if strict, no examples, or one label only.
  public init(
    contentsOf path: String, format: LabelledFormat = LabelledFormat(),
    labels known: [String]? = nil
  ) throws {
    let reader = try LineReader(path: path, options: .init(strict: format.strict))
    var positions: [[UInt8]: Int] = [:]
    for (position, label) in (known ?? []).enumerated() { positions[Array(label.utf8)] = position }
    var examples: [LabelledText] = []
    var blankLines = 0
    while let raw = try reader.next() {
      let line = DocumentReader.withoutReturn(raw)
      if format.hasHeader, reader.lineNumber == 1 { continue }
      if line.isEmpty {
        blankLines += 1
        continue
      }
      let fields = try LabelledLine(
        line, format: format, file: reader.name, number: reader.lineNumber)
      if positions[fields.label] == nil {
        if let known {
          throw DataError(
            .unknownLabel, file: reader.name, line: reader.lineNumber,
            expected: "one of the labels \(Self.listed(known))",
            found: Self.quoted(String(decoding: fields.label, as: UTF8.self)))
        }
        positions[fields.label] = positions.count
      }
      examples.append(
        LabelledText(
          label: positions[fields.label] ?? 0, text: fields.text, secondText: fields.secondText,
          line: reader.lineNumber))
    }
    guard !examples.isEmpty else {
      throw DataError(
        .empty, file: reader.name, expected: "lines of label<TAB>text",
        found: reader.byteCount == 0 ? "no bytes" : "no examples")
    }
    name = reader.name
    blankLineCount = blankLines
    replacementCount = reader.replacementCount
    guard known == nil else {
      self.labels = known ?? []
      self.examples = examples
      return
    }
    let sorted = LabelOrder.sorted(positions.keys)
    guard sorted.count > 1 else {
      throw DataError(
        .oneClass, file: reader.name, expected: "at least two labels",
        found: "only \(Self.quoted(String(decoding: sorted[0], as: UTF8.self)))")
    }
    // Labels were numbered as they came; renumber them in their order.
    var renumbered = [Int](repeating: 0, count: sorted.count)
    for (position, label) in sorted.enumerated() { renumbered[positions[label] ?? 0] = position }
    for index in examples.indices { examples[index].label = renumbered[examples[index].label] }
    self.labels = sorted.map { String(decoding: $0, as: UTF8.self) }
    self.examples = examples
  }

  /// Creates a data set from examples whose labels are positions in `labels`.
  public init(name: String, labels: [String], examples: [LabelledText]) {
    self.name = name
    self.labels = labels
    self.examples = examples
    blankLineCount = 0
    replacementCount = 0
  }

  /// The number of examples of each label.
  public var labelCounts: [Int] {
    examples.reduce(into: [Int](repeating: 0, count: labels.count)) { $0[$1.label] += 1 }
  }

  /// The same data set with only some of its examples.
  func selecting(_ examples: [LabelledText]) -> LabelledDataset {
    LabelledDataset(name: name, labels: labels, examples: examples)
  }

  private static func quoted(_ label: String) -> String { "\"\(label)\"" }

  private static func listed(_ labels: [String]) -> String {
    let shown = labels.prefix(10).map(quoted).joined(separator: ", ")
    return labels.count > 10 ? shown + ", …" : shown
  }
}
