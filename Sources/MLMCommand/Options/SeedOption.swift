import ArgumentParser

/// The seed of a command's random choices.
struct SeedOption: ParsableArguments {
  @Option(parsing: .unconditional, help: "Seed of every random choice (default: 1).")
  var seed: UInt64?
}
