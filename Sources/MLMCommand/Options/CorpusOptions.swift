import ArgumentParser
import MLMData
import MLMText

/// Where text for a vocabulary comes from, and how much memory its words may take.
struct CorpusOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      """
      Text files, patterns like 'data/**/*.txt', or directories, whose files are read in the order of \
      their names; - is standard input. gzip and zstd are unpacked.
      """, valueName: "file"))
  var files: [String] = []

  @Option(help: ArgumentHelp("Read JSON lines and take the text from this key.", valueName: "name"))
  var textField: String?

  @Flag(help: "Refuse malformed UTF-8 instead of replacing it by U+FFFD.")
  var strict = false

  @Option(
    help: ArgumentHelp(
      """
      The most memory that the tables of words may take while text is counted, for example 200M or 2G; \
      what does not fit is sorted on disk beside the output. Learning then takes about 16 bytes for \
      each byte of the different words, whatever is given here. Never changes a result.
      """, valueName: "size"))
  var memory: MemorySize?

  /// The files that the arguments stand for.
  func paths() throws -> [String] { try InputFiles.expand(files) }
}
