import ArgumentParser
import MLMData
import MLMText

/// Turns lines of text into tokens.
struct TokenizerEncodeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "encode",
    abstract: "Turn each line of text into a line of token ids.",
    discussion: """
      Lines end at U+000A alone; an empty line in is a line out.

        mlm tokenizer encode --tokenizer corpus.mlm/tokenizer.json text.txt
        echo "Hello there" | mlm tokenizer encode --tokenizer tokenizer.json --json
      """)

  @Argument(help: ArgumentHelp("Text; standard input if absent or -.", valueName: "file"))
  var file: String?

  @OptionGroup var tokenizer: TokenizerOption

  @Flag(help: "Print ids, tokens and UTF-8 byte offsets as JSON.")
  var json = false

  @Flag(help: "Print the number of ids.")
  var count = false

  @Flag(inversion: .prefixedNo, help: "Add the start and the end token.")
  var specialTokens = true

  func validate() throws {
    if json && count { throw ValidationError("expected at most one of --json and --count") }
  }

  func run() throws {
    let tokenizer = try tokenizer.load()
    let reader = try LineReader(path: file ?? "-", options: .verbatim)
    var ids: [Int32] = []
    var bytes: [UInt8] = []
    while let line = try reader.next() {
      bytes.removeAll(keepingCapacity: true)
      line.withUnsafeBufferPointer { utf8 in
        if json {
          let encoding = tokenizer.encode(utf8: utf8, addingSpecialTokens: specialTokens)
          EncodingLine.append(encoding, tokenizer, to: &bytes)
        } else {
          ids.removeAll(keepingCapacity: true)
          tokenizer.encodeIDs(utf8: utf8, addingSpecialTokens: specialTokens, into: &ids)
          if count {
            JSON.append(ids.count, to: &bytes)
          } else {
            EncodingLine.append(ids, separator: " ", to: &bytes)
          }
        }
      }
      bytes.append(UInt8(ascii: "\n"))
      try StandardOutput.shared.write(bytes)
    }
    Warnings.replacements(reader.replacementCount, in: reader.name)
  }
}
