import ArgumentParser
import MLMData

/// How files of labelled text are read.
struct LabelledOptions: ParsableArguments {
  @Flag(help: "The first line names the columns.")
  var header = false

  @Flag(help: "Lines are label, text and second text.")
  var pairs = false
}
