import MLMText

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Times the library from inside a process that stays, so that a driver can let it take turns with
/// others: one request a line in, one number of seconds a line out.
///
///     encode TOKENIZER TEXT THREADS   all lines of TEXT to identifiers in memory, as one batch
///     whole TOKENIZER TEXT THREADS    the same of all TEXT as one text
///     fresh TOKENIZER TEXT THREADS    the same by a tokenizer that has met no text before
///     load TOKENIZER                  from the path to a tokenizer that is ready
///
/// Fields are separated by tabs. Tokenizers and texts are read before the clock starts and kept.
/// After the seconds of an encoding come the number of identifiers and a checksum of them, which
/// tell whether others got the same.
@main struct TokenizerBenchmark {
  private var tokenizers: [String: Tokenizer] = [:]
  private var texts: [String: [String]] = [:]

  static func main() throws {
    var benchmark = TokenizerBenchmark()
    while let line = readLine() {
      let fields = line.split(separator: "\t").map { String($0) }
      switch (fields.first, fields.count) {
      case ("encode", 4), ("whole", 4), ("fresh", 4):
        if fields[0] == "fresh" { benchmark.tokenizers[fields[1]] = nil }
        try benchmark.encode(
          fields[1], fields[2], byLine: fields[0] == "encode", threads: Int(fields[3]) ?? 1)
      case ("load", 2): try load(fields[1])
      default: fatalError("expected a request, found \"\(line)\"")
      }
    }
  }

  private mutating func encode(
    _ path: String, _ text: String, byLine: Bool, threads: Int
  ) throws {
    let tokenizer = try tokenizers[path] ?? Tokenizer(contentsOf: path)
    tokenizers[path] = tokenizer
    let key = "\(byLine) \(text)"
    let lines = try texts[key] ?? read(text, byLine: byLine)
    texts[key] = lines
    let clock = ContinuousClock()
    var ids: [[Int32]] = []
    let time = clock.measure {
      ids = tokenizer.encodeBatch(lines, addingSpecialTokens: false, threads: threads)
    }
    var sum: UInt32 = 0
    for line in ids { for id in line { sum = sum &* 31 &+ UInt32(bitPattern: id) } }
    print(time / .seconds(1), ids.reduce(0) { $0 + $1.count }, sum)
    fflush(nil)
  }

  private func read(_ path: String, byLine: Bool) throws -> [String] {
    let bytes = try FileContents.read(path)
    guard byLine else { return [String(decoding: bytes, as: UTF8.self)] }
    return bytes.split(separator: 0x0A, omittingEmptySubsequences: false).map {
      String(decoding: $0, as: UTF8.self)
    }
  }

  private static func load(_ path: String) throws {
    let clock = ContinuousClock()
    var size = 0
    let time = try clock.measure { size = try Tokenizer(contentsOf: path).vocabularySize }
    print(time / .seconds(1), size, 0)
    fflush(nil)
  }
}
