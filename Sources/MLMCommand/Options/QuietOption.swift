import ArgumentParser

/// Whether a command shows how far it is.
struct QuietOption: ParsableArguments {
  @Flag(help: "Show no progress; warnings and errors still are.")
  var quiet = false
}

/// Whether a command prints JSON.
struct JSONOption: ParsableArguments {
  @Flag(help: "Print JSON.")
  var json = false
}

/// The seed of a command's random choices.
struct SeedOption: ParsableArguments {
  @Option(help: "Seed of every random choice (default: 1).")
  var seed: UInt64?
}
