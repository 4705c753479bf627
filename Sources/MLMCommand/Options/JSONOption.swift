import ArgumentParser

/// Whether a command prints JSON.
struct JSONOption: ParsableArguments {
  @Flag(help: "Print JSON.")
  var json = false
}
