import ArgumentParser
import MLMData
import MLMText

/// Turns lines of text into tokens.
struct TokenizerEncodeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "encode",
    abstract: "Turn each line of text into a line of token ids.",
    discussion: """
      Lines end at U+000A alone; an empty line in is a line out. Files may be larger than memory; a \
      line is held whole and may have 1 GiB. Texts are cut and filled up as the tokenizer's file \
      says; what was cut off is under "overflowing".

        mlm tokenizer encode --tokenizer corpus.mlm/tokenizer.json text.txt
        echo "Hello there" | mlm tokenizer encode --tokenizer tokenizer.json --json
        mlm tokenizer encode --tokenizer tokenizer.json text.txt --json --offsets utf16
      """)

  @Argument(help: ArgumentHelp("Text; standard input if absent or -.", valueName: "file"))
  var file: String?

  @OptionGroup var tokenizer: TokenizerOption

  @Flag(help: "Print ids, tokens and offsets as JSON.")
  var json = false

  @OptionGroup var offsets: OffsetsOption

  @Flag(help: "Print the number of ids.")
  var count = false

  @Flag(inversion: .prefixedNo, help: "Add the start and the end token.")
  var specialTokens = true

  @Flag(help: "Read two texts from each line, separated by a tab.")
  var pairs = false

  @Flag(help: "Encode whole texts, whatever the tokenizer's file says about lengths.")
  var whole = false

  @Flag(
    help: """
      Keep bytes that are not UTF-8, which byte-level tokenizers without normalizer can, instead of \
      replacing them by U+FFFD.
      """)
  var bytes = false

  @OptionGroup var threads: ThreadsOption

  func validate() throws {
    if json && count { throw ValidationError("expected at most one of --json and --count") }
    if bytes && pairs { throw ValidationError("expected at most one of --bytes and --pairs") }
    if bytes && offsets.offsets != .bytes {
      throw ValidationError("--offsets: expected bytes with --bytes, found \(offsets.offsets)")
    }
  }

  func run() throws {
    var tokenizer = try tokenizer.load()
    if whole { (tokenizer.truncation, tokenizer.padding) = (nil, nil) }
    if bytes { try requireBytes(tokenizer) }
    var options = LineReader.Options.verbatim
    options.repairs = !bytes
    let reader = try LineReader(path: file ?? "-", options: options)
    let encoder = LineEncoder(tokenizer, encoderOptions)
    let threadCount = threads.count
    var firstLine = 1
    while case let groups = try Self.nextBlock(reader), !groups.isEmpty {
      let results = tokenizer.inParallel(groups.count, threads: threadCount) { index in
        Self.encode(groups[index], with: encoder)
      }
      let lastLine = firstLine + groups.reduce(-1) { $0 + $1.count }
      if tokenizer.exceededStepLimit {
        throw CommandError(
          .badData,
          "\(reader.name): lines \(firstLine) to \(lastLine): expected texts that the tokenizer's "
            + "expressions can be matched with, found one that takes too many steps")
      }
      for result in results {
        try StandardOutput.shared.write(result.bytes)
        if let long = result.long { try Self.write(long, encoder) }
        if let error = result.error {
          throw CommandError(
            .badData, "\(reader.name):\(firstLine + result.lineCount): \(error.reason)")
        }
        firstLine += result.lineCount
      }
    }
    Warnings.replacements(reader.replacementCount, in: reader.name)
  }

  private var encoderOptions: LineEncoder.Options {
    LineEncoder.Options(
      format: json ? .json : count ? .count : .ids, addsSpecialTokens: specialTokens,
      readsPairs: pairs, keepsBytes: bytes, offsetUnit: offsets.offsets)
  }

  private func requireBytes(_ tokenizer: Tokenizer) throws {
    guard tokenizer.keepsBytes else {
      throw CommandError(
        .badData,
        "\(self.tokenizer.path): expected a byte-level tokenizer without normalizer for --bytes, "
          + "found another")
    }
    guard tokenizer.truncation == nil, tokenizer.padding == nil else {
      throw CommandError(
        .usage, "--bytes: expected --whole, since the tokenizer cuts texts or fills them up")
    }
  }

  /// Bytes that are read together: enough to share among threads.
  private static let blockSize = 1 << 20
  /// Lines that one thread encodes together, and the bytes of which fewer are taken.
  private static let groupCount = 16
  private static let groupSize = 1 << 12

  private static func nextBlock(_ reader: LineReader) throws -> [[[UInt8]]] {
    var groups: [[[UInt8]]] = []
    var size = 0
    var groupStart = 0
    while size < blockSize, let line = try reader.next() {
      if groups.isEmpty || groups[groups.count - 1].count == groupCount
        || size - groupStart > groupSize
      {
        groups.append([])
        groupStart = size
      }
      size += line.count + 64
      groups[groups.count - 1].append(line)
    }
    return groups
  }

  /// A line of so many bytes is written part by part.
  private static let longLine = 1 << 18

  /// The output of some lines, up to the first that cannot be encoded; and the last one where it is too
  /// long to hold its output, too.
  private static func encode(
    _ lines: [[UInt8]], with encoder: LineEncoder
  ) -> (bytes: [UInt8], lineCount: Int, error: TokenizerError?, long: LineEncoder.Encoded?) {
    var bytes: [UInt8] = []
    for (index, line) in lines.enumerated() {
      do throws(TokenizerError) {
        if line.count >= longLine, index == lines.count - 1 {
          return (bytes, lines.count, nil, try encoder.encoded(line))
        }
        try encoder.append(line, to: &bytes)
      } catch {
        return (bytes, index, error, nil)
      }
    }
    return (bytes, lines.count, nil, nil)
  }

  private static func write(_ line: LineEncoder.Encoded, _ encoder: LineEncoder) throws {
    var bytes: [UInt8] = []
    try encoder.append(line, to: &bytes) { bytes in
      try StandardOutput.shared.write(bytes)
      bytes.removeAll(keepingCapacity: true)
    }
    try StandardOutput.shared.write(bytes)
  }
}
