import Foundation

/// Fuzzes what reads files of others: `scripts/fuzz --help` tells how.
///
/// Cases run in a process of their own. It writes the number of each before it begins, so that a crash,
/// a case that takes longer than `longestCase` seconds and one that needs more memory than
/// `mostMemory` are found, reported with what runs the case again, and stepped over.
@main
struct FuzzProgram {
  private static let usage = """
    usage: fuzz tokenizer [--count N] [--strings N] [--seed S] [--case N] [--file FILE]
           fuzz model [--count N] [--seed S] [--case N --kind KIND]

      --count N     damaged tokenizer.json documents (default 100000), or damaged config.json and as
                    many damaged model.safetensors (default 50000)
      --strings N   random strings for the round trip (default 1000000)
      --seed S      what everything is a function of (default: drawn and printed)
      --case N      run this case alone, in this process; of a document, print it
      --kind KIND   what --case counts: documents (default) or strings, configurations (default) or
                    weights
      --file FILE   damage this tokenizer.json instead of small ones made here

    """

  static func main() {
    if CommandLine.arguments.contains("--help") {
      FileHandle.standardOutput.write(Data(usage.utf8))
      return
    }
    do {
      let options = try Options(CommandLine.arguments.dropFirst())
      if options.isWorker { return try Worker(options).run() }
      exit(try Supervisor(options).run() ? 0 : 1)
    } catch {
      FileHandle.standardError.write(Data("\(error)\n\(usage)".utf8))
      exit(64)
    }
  }
}
