import ArgumentParser
import MLMData
import MLMText

/// Turns lines of text into tokens.
struct TokenizerEncodeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "encode",
    abstract: "Turn each line of text into a line of token ids.",
    discussion: """
      Lines end at U+000A alone; an empty line in is a line out. Texts are cut and filled up as the \
      tokenizer's file says; what was cut off is under "overflowing".

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

  @Flag(help: "Read two texts from each line, separated by a tab.")
  var pairs = false

  @Flag(help: "Encode whole texts, whatever the tokenizer's file says about lengths.")
  var whole = false

  @OptionGroup var threads: ThreadsOption

  func validate() throws {
    if json && count { throw ValidationError("expected at most one of --json and --count") }
  }

  func run() throws {
    var tokenizer = try tokenizer.load()
    if whole { (tokenizer.truncation, tokenizer.padding) = (nil, nil) }
    let reader = try LineReader(path: file ?? "-", options: .verbatim)
    let threadCount = threads.count
    var firstLine = 1
    while true {
      let lines = try Self.nextBlock(reader)
      guard !lines.isEmpty else { break }
      let results = tokenizer.inParallel(lines.count, threads: threadCount) { index in
        Result { try output(for: lines[index], tokenizer) }
      }
      if tokenizer.exceededStepLimit {
        throw CommandError(
          .badData,
          "\(reader.name): lines \(firstLine) to \(firstLine + lines.count - 1): expected texts that "
            + "the tokenizer's expressions can be matched with, found one that takes too many steps"
        )
      }
      for (index, result) in results.enumerated() {
        do {
          try StandardOutput.shared.write(try result.get())
        } catch let error as TokenizerError {
          throw CommandError(.badData, "\(reader.name):\(firstLine + index): \(error.reason)")
        }
      }
      firstLine += lines.count
    }
    Warnings.replacements(reader.replacementCount, in: reader.name)
  }

  /// Bytes that are read together: enough to share among threads.
  private static let blockSize = 1 << 20

  private static func nextBlock(_ reader: LineReader) throws -> [[UInt8]] {
    var lines: [[UInt8]] = []
    var size = 0
    while size < blockSize, let line = try reader.next() {
      size += line.count + 64
      lines.append(line)
    }
    return lines
  }

  /// The line of output for a line of text.
  private func output(for line: [UInt8], _ tokenizer: Tokenizer) throws -> [UInt8] {
    var bytes: [UInt8] = []
    if pairs || tokenizer.truncation != nil || tokenizer.padding != nil {
      let input = try input(for: line, tokenizer)
      if json {
        EncodingLine.append(input, tokenizer, to: &bytes)
      } else {
        append(input.ids, to: &bytes)
      }
    } else if json {
      let encoding = line.withUnsafeBufferPointer {
        tokenizer.encode(utf8: $0, addingSpecialTokens: specialTokens)
      }
      EncodingLine.append(encoding, tokenizer, to: &bytes)
    } else {
      var ids: [Int32] = []
      line.withUnsafeBufferPointer {
        tokenizer.encodeIDs(utf8: $0, addingSpecialTokens: specialTokens, into: &ids)
      }
      append(ids, to: &bytes)
    }
    bytes.append(UInt8(ascii: "\n"))
    return bytes
  }

  private func append(_ ids: [Int32], to bytes: inout [UInt8]) {
    if count {
      JSON.append(ids.count, to: &bytes)
    } else {
      EncodingLine.append(ids, separator: " ", to: &bytes)
    }
  }

  private func input(for line: [UInt8], _ tokenizer: Tokenizer) throws -> ModelInput {
    guard pairs else {
      return try tokenizer.input(utf8: line, addingSpecialTokens: specialTokens)
    }
    let texts = line.split(
      separator: UInt8(ascii: "\t"), maxSplits: 1, omittingEmptySubsequences: false)
    guard texts.count == 2 else {
      throw TokenizerError(
        code: .invalidOptions, reason: "expected two texts separated by a tab, found one")
    }
    return try tokenizer.input(
      utf8: Array(texts[0]), Array(texts[1]), addingSpecialTokens: specialTokens)
  }
}
