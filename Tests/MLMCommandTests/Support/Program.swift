import Foundation

/// The built program, run as a process of its own.
struct Program {
  /// What a finished process left.
  struct Outcome {
    let code: Int32
    let output: Data
    let errors: String

    var text: String { String(decoding: output, as: UTF8.self) }
    var lines: [String] { text.split(separator: "\n").map(String.init) }

    /// The last line as a JSON object.
    var json: [String: Any] {
      (try? JSONSerialization.jsonObject(with: Data((lines.last ?? "").utf8)) as? [String: Any])
        ?? [:]
    }

    /// The one line of an error.
    var error: String {
      errors.split(separator: "\n").last { $0.hasPrefix("mlm: ") }.map(String.init) ?? ""
    }
  }

  /// A process that is running.
  struct Running {
    let process: Process
    // Holds the folder until the process is done with it.
    fileprivate let scratch: Scratch
    fileprivate let output: URL
    fileprivate let errors: URL

    /// What it has said so far.
    var messages: String { (try? String(contentsOf: errors, encoding: .utf8)) ?? "" }

    /// Waits until something holds, at most a minute.
    func wait(until holds: (Running) -> Bool) {
      let deadline = Date(timeIntervalSinceNow: 60)
      while process.isRunning && Date() < deadline && !holds(self) {
        Thread.sleep(forTimeInterval: 0.005)
      }
    }

    func kill(_ signal: Int32) { _ = Foundation.kill(process.processIdentifier, signal) }

    /// Waits for the end.
    ///
    /// A signal that ended the process counts 128 and its number, as in a shell.
    func finish() throws -> Outcome {
      process.waitUntilExit()
      let status = process.terminationStatus
      return Outcome(
        code: process.terminationReason == .uncaughtSignal ? 128 + status : status,
        // Devices cannot be read back.
        output: (try? Data(contentsOf: output)) ?? Data(), errors: messages)
    }
  }

  /// The program is built beside the test program.
  static let executable: URL = {
    var folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    // On macOS the tests are in a bundle inside the folder.
    while folder.path != "/" {
      let program = folder.appendingPathComponent("mlm")
      if FileManager.default.isExecutableFile(atPath: program.path) { return program }
      folder.deleteLastPathComponent()
    }
    return URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../../.build/release/mlm")
  }()

  /// Starts the program in a folder.
  static func start(
    _ arguments: [String], in scratch: Scratch, input: Data = Data(), output: String? = nil
  ) throws -> Running {
    let number = UUID().uuidString
    let files = scratch.hidden
    let (inputFile, errorFile) = (files("in-\(number)"), files("err-\(number)"))
    let outputFile = output.map { URL(fileURLWithPath: $0) } ?? files("out-\(number)")
    try input.write(to: inputFile)
    for file in [outputFile, errorFile] where !FileManager.default.fileExists(atPath: file.path) {
      try Data().write(to: file)
    }
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    process.currentDirectoryURL = scratch.folder
    process.standardInput = try FileHandle(forReadingFrom: inputFile)
    process.standardOutput = try FileHandle(forWritingTo: outputFile)
    process.standardError = try FileHandle(forWritingTo: errorFile)
    try process.run()
    return Running(process: process, scratch: scratch, output: outputFile, errors: errorFile)
  }

  /// Runs the program in a folder.
  static func run(
    _ arguments: [String], in scratch: Scratch, input: String = ""
  ) throws -> Outcome {
    try start(arguments, in: scratch, input: Data(input.utf8)).finish()
  }

  /// Runs the program on arguments without spaces.
  static func run(_ line: String, in scratch: Scratch, input: String = "") throws -> Outcome {
    try run(line.split(separator: " ").map(String.init), in: scratch, input: input)
  }
}
