import ArgumentParser
import MLMText

/// What offsets count.
struct OffsetsOption: ParsableArguments {
  @Option(
    help: """
      What offsets count: UTF-8 bytes, Unicode scalars (as Python counts), UTF-16 units (as \
      JavaScript does) or characters that people see (as Swift does).
      """)
  var offsets = OffsetUnit.bytes
}

extension OffsetUnit: ExpressibleByArgument {}
