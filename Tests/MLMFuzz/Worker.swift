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

  /// Prints `N` before the case N and `N: what is wrong` after one that fails, `+` for one that
  /// opens, and `end`; the document, too, where one case is asked for.
  func run() throws {
    var limit = rlimit()
    limit.rlim_cur = rlim_t(Self.mostMemory + (original?.count ?? 0) * 100)
    limit.rlim_max = limit.rlim_cur
    setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
    var trip = RoundTrip(seed: options.seed)
    // One for all workers of a supervisor: those that end early leave it to the next.
    let folder = NSTemporaryDirectory() + "/mlm-fuzz-\(options.only == nil ? getppid() : getpid())"
    if options.target == .model {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let trial = ModelTrial(folder: folder, printsConfiguration: options.only != nil)
    for number in options.first..<max(options.counts[options.kind] ?? 0, options.first) {
      if options.kind != .strings || number % 100 == 0 { say("\(number)") }
      do throws(Finding) {
        switch options.kind {
        case .documents: if try runDocument(number) { say("+") }
        case .strings: try trip.run(case: number)
        case .configurations:
          if try trial.runConfiguration(seed: options.seed, case: number) { say("+") }
        case .weights: if try trial.runWeights(seed: options.seed, case: number) { say("+") }
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
