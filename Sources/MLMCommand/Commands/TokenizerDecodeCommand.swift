import ArgumentParser
import MLMData
import MLMText

/// Turns token ids into text.
struct TokenizerDecodeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "decode",
    abstract: "Turn each line of token ids into text.",
    discussion: """
      Reads what encode prints, ids separated by spaces or JSON. What comes out is the normalized \
      text, with the space that byte-level tokenizers put before the first word.

        mlm tokenizer encode --tokenizer t.json text.txt | mlm tokenizer decode --tokenizer t.json
        mlm tokenizer encode --bytes --tokenizer t.json any | mlm tokenizer decode --bytes --tokenizer t.json
      """)

  @Argument(help: ArgumentHelp("Ids; standard input if absent or -.", valueName: "file"))
  var file: String?

  @OptionGroup var tokenizer: TokenizerOption
  @OptionGroup var format: JSONOption

  @Flag(inversion: .prefixedNo, help: "Print special tokens, too.")
  var specialTokens = false

  @Flag(help: "Print bytes that are not UTF-8 as they are instead of as U+FFFD.")
  var bytes = false

  func validate() throws {
    if bytes && format.json {
      throw ValidationError("expected at most one of --bytes and --json")
    }
  }

  func run() throws {
    let tokenizer = try tokenizer.load()
    let reader = try LineReader(path: file ?? "-")
    let output = StandardOutput.shared
    while let line = try reader.next() {
      do {
        let text = try tokenizer.decode(
          try TokenIDs.read(line), skippingSpecialTokens: !specialTokens)
        if bytes {
          try output.write(text + [UInt8(ascii: "\n")])
          continue
        }
        let repaired = UTF8Repair.repaired(text).bytes
        if format.json {
          try output.line(
            JSON.object([("text", .string(String(decoding: repaired, as: UTF8.self)))]).text)
        } else {
          try output.write(repaired + [UInt8(ascii: "\n")])
        }
      } catch let error as TokenizerError {
        throw CommandError(.badData, "\(reader.name):\(reader.lineNumber): \(error.reason)")
      }
    }
  }
}
