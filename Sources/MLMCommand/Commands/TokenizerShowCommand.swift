import ArgumentParser
import MLMData
import MLMText

/// Shows how texts are cut into tokens.
struct TokenizerShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show the tokens of a text, in colours and with their places.",
    discussion: """
      Prints the text with its tokens in alternating colours, or parted by bars where there are no \
      colours, and a row for each token: its id, its spelling, its place in the text and what stands \
      there. White space that belongs to a token is visible: a space is ·, a tab ⇥, an end of a line \
      ⏎; what no token holds is left as it is. ⋯ stands for a token that goes on with the character \
      of the one before.

        mlm tokenizer show --tokenizer tokenizer.json "The kettle began to sing."
        mlm tokenizer show --tokenizer corpus.mlm --offsets utf16 "na\u{EF}ve \u{1F469}\u{200D}\u{1F52C}"
        head -3 corpus.txt | mlm tokenizer show --tokenizer tokenizer.json --json
      """)

  @Argument(help: ArgumentHelp("Texts; the lines of standard input if absent.", valueName: "text"))
  var texts: [String] = []

  @OptionGroup var tokenizer: TokenizerOption
  @OptionGroup var offsets: OffsetsOption
  @OptionGroup var color: ColorOption

  @Flag(inversion: .prefixedNo, help: "Add the start and the end token.")
  var specialTokens = true

  @OptionGroup var format: JSONOption

  func run() throws {
    let tokenizer = try tokenizer.load()
    let encodingLine = format.json ? EncodingLine(tokenizer) : nil
    guard texts.isEmpty else {
      for (index, text) in texts.enumerated() {
        try show(Array(text.utf8), tokenizer, encodingLine, isFirst: index == 0)
      }
      return
    }
    let reader = try LineReader(path: "-", options: .verbatim)
    while let line = try reader.next() {
      try show(line, tokenizer, encodingLine, isFirst: reader.lineNumber == 1)
    }
    Warnings.replacements(reader.replacementCount, in: reader.name)
  }

  private func show(
    _ text: [UInt8], _ tokenizer: Tokenizer, _ encodingLine: EncodingLine?, isFirst: Bool
  ) throws {
    let output = StandardOutput.shared
    let report = PieceReport(
      text, tokenizer, addingSpecialTokens: specialTokens, offsets: offsets.offsets)
    if let encodingLine { return try output.write(report.json(encodingLine)) }
    try output.write((isFirst ? "" : "\n") + report.text(inColor: color.isOn))
  }
}
