import ArgumentParser

/// Whether a command shows how far it is.
struct QuietOption: ParsableArguments {
  @Flag(help: "Show no progress; warnings and errors still are.")
  var quiet = false
}
