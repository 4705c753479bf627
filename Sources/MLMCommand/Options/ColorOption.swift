import ArgumentParser

/// Whether a command prints in colours.
struct ColorOption: ParsableArguments {
  /// When there are colours.
  enum Choice: String, CaseIterable, ExpressibleByArgument {
    case auto, always, never
  }

  @Option(
    help: "Colours: auto is on a terminal, unless NO_COLOR is set or TERM is dumb.")
  var color = Choice.auto

  /// Whether to print colours to standard output.
  var isOn: Bool {
    switch color {
    case .always: true
    case .never: false
    case .auto:
      StandardOutput.isTerminal && System.environment("NO_COLOR") == nil
        && System.environment("TERM") != "dumb"
    }
  }
}
