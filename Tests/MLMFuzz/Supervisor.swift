import Foundation

/// Runs workers, and goes on after a case that ends or holds up one.
final class Supervisor {
  /// The most seconds that a case may take.
  static let longestCase = 5.0

  private let options: Options
  private var findings = 0
  private var opened = 0

  init(_ options: Options) { self.options = options }

  /// Runs everything; returns whether nothing was found.
  func run() throws -> Bool {
    print("seed \(options.seed)")
    for kind in options.target.kinds {
      let count = options.counts[kind] ?? 0
      let before = findings
      opened = 0
      var first = 0
      while first < count { first = try runWorker(kind, from: first) }
      let note = kind == .strings ? "" : ", \(opened) of them opened"
      print("\(kind.rawValue): \(count) cases\(note), \(findings - before) findings")
    }
    return findings == 0
  }

  /// Runs a worker from a case on; returns the case after the last that it ran.
  private func runWorker(_ kind: Options.Kind, from first: Int) throws -> Int {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    process.arguments =
      [
        options.target.rawValue, "--kind", kind.rawValue, "--worker", "\(first)",
        "--seed", "\(options.seed)",
        kind == .strings ? "--strings" : "--count", "\(options.counts[kind] ?? 0)",
      ] + (options.file.map { ["--file", $0] } ?? [])
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    // The writing end must be the worker's alone, or its end would not end the reading.
    try pipe.fileHandleForWriting.close()
    let result = follow(
      pipe.fileHandleForReading.fileDescriptor, kind, first, process.processIdentifier)
    process.waitUntilExit()
    guard let last = result else { return options.counts[kind] ?? 0 }
    let reason =
      process.terminationReason == .uncaughtSignal
      ? "ended by signal \(process.terminationStatus)" : "exit \(process.terminationStatus)"
    report(kind, last, reason)
    return last + 1
  }

  /// Reads what a worker says; returns the case that it did not end, or nil where all ended.
  private func follow(
    _ descriptor: Int32, _ kind: Options.Kind, _ first: Int, _ worker: pid_t
  ) -> Int? {
    var last = first
    var rest: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      // Strings are announced a hundred at a time, which takes milliseconds.
      if Foundation.poll(&poll, 1, Int32(1000 * Self.longestCase)) == 0 {
        print("a case took longer than \(Self.longestCase) s")
        kill(worker, SIGKILL)
        return last
      }
      let count = read(descriptor, &block, block.count)
      guard count > 0 else { return last }
      rest += block[..<count]
      while let end = rest.firstIndex(of: 0x0A) {
        let line = String(decoding: rest[..<end], as: UTF8.self)
        rest.removeSubrange(...end)
        if line == "end" { return nil }
        if line == "+" { opened += 1 }
        let parts = line.split(separator: ":", maxSplits: 1)
        last = parts.first.flatMap { Int($0) } ?? last
        if parts.count == 2 { report(kind, last, String(parts[1])) }
      }
    }
  }

  private func report(_ kind: Options.Kind, _ number: Int, _ reason: String) {
    findings += 1
    let file = options.file.map { " --file \($0)" } ?? ""
    print(
      "scripts/fuzz \(options.target.rawValue) --seed \(options.seed) --kind \(kind.rawValue) --case \(number)\(file)"
        + ":\(reason.hasPrefix(" ") ? "" : " ")\(reason.prefix(600))")
    // At once, wherever it goes.
    fflush(nil)
  }
}
