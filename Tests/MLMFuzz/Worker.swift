import Foundation

/// Runs cases one after the other in this process.
struct Worker {
  /// More bytes of memory than a case may need; the documents are some kilobytes.
  static let mostMemory = 1 << 30

  private let options: Options
  private let original: [UInt8]?

  init(_ options: Options) throws {
    self.options = options
    original = try options.file.map { Array(try Data(contentsOf: URL(fileURLWithPath: $0))) }
  }

  /// Prints `N` before the case N and `N: what is wrong` after one that fails, `+` for a document that
  /// is a tokenizer, and `end`; the document, too, where one case is asked for.
  func run() throws {
    var limit = rlimit()
    limit.rlim_cur = rlim_t(Self.mostMemory + (original?.count ?? 0) * 100)
    limit.rlim_max = limit.rlim_cur
    setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
    var trip = RoundTrip(seed: options.seed)
    for number in options.first..<max(options.counts[options.kind] ?? 0, options.first) {
      if options.kind == .documents || number % 100 == 0 { say("\(number)") }
      do throws(Finding) {
        switch options.kind {
        case .documents: if try runDocument(number) { say("+") }
        case .strings: try trip.run(case: number)
        }
      } catch {
        say("\(number): \(error.reason)")
      }
    }
    say("end")
  }

  private func runDocument(_ number: Int) throws(Finding) -> Bool {
    var (document, random) = TokenizerTrial.document(
      seed: options.seed, case: number, from: original)
    if options.only != nil { FileHandle.standardError.write(Data(document + [0x0A])) }
    return try TokenizerTrial.use(document, &random)
  }

  private func say(_ text: String) {
    FileHandle.standardOutput.write(Data((text + "\n").utf8))
  }
}
