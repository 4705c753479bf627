import ArgumentParser
import MLM
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
    let output = StandardOutput.shared
    var ids: [Int32] = []
    while let line = try reader.next() {
      try line.withUnsafeBufferPointer { utf8 in
        if json {
          let encoding = tokenizer.encode(utf8: utf8, addingSpecialTokens: specialTokens)
          try output.line(Self.json(encoding, tokenizer).text)
          return
        }
        ids.removeAll(keepingCapacity: true)
        tokenizer.encodeIDs(utf8: utf8, addingSpecialTokens: specialTokens, into: &ids)
        try output.line(count ? "\(ids.count)" : ids.map(String.init).joined(separator: " "))
      }
    }
    Warnings.replacements(reader.replacementCount, in: reader.name)
  }

  /// The JSON of a line.
  static func json(_ encoding: Encoding, _ tokenizer: Tokenizer) -> JSON {
    .object([
      ("ids", .array(encoding.ids.map { .integer(Int($0)) })),
      (
        "tokens",
        .array(
          encoding.ids.map { .string(String(decoding: tokenizer.token($0) ?? [], as: UTF8.self)) })
      ),
      (
        "offsets",
        .array(
          encoding.offsets.map { .array([.integer($0.lowerBound), .integer($0.upperBound)]) })
      ),
    ])
  }
}

/// The tokenizer a command uses.
struct TokenizerOption: ParsableArguments {
  @Option(
    name: .customLong("tokenizer"),
    help: ArgumentHelp("The tokenizer.json, or a model directory that has one.", valueName: "file"))
  var path: String

  /// Opens the tokenizer.
  func load() throws -> Tokenizer {
    let path = Paths.withoutTrailingSlash(path)
    return try Tokenizer(
      contentsOf: FileSystem.isDirectory(path) ? path + "/tokenizer.json" : path)
  }
}
