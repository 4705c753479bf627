import ArgumentParser
import MLM
import MLMData
import MLMText

/// Tells what a tokenizer consists of and how many tokens it makes of text.
struct TokenizerInfoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info",
    abstract: "Tell what a tokenizer consists of, and how many tokens it makes of text.",
    discussion: """
      Tokens per word and bytes per token are told for each script of a sample: the file given, or \
      one or two sentences in each of many languages. A word is what stands between white space, \
      also where a language puts none between words.

        mlm tokenizer info tokenizer.json
        mlm tokenizer info corpus.mlm --sample corpus.txt
        zcat corpus.gz | mlm tokenizer info tokenizer.json --sample - --json
      """)

  @Argument(
    help: ArgumentHelp(
      "The tokenizer.json, vocab.txt or vocab.json, or a directory that has one.", valueName: "file"
    ))
  var file: String

  @Option(
    help: ArgumentHelp("Text to try the tokenizer on; - is standard input.", valueName: "file"))
  var sample: String?

  @OptionGroup var format: JSONOption

  func run() throws {
    let path = Tokenizer.file(at: Paths.withoutTrailingSlash(file))
    let tokenizer = try Tokenizer(contentsOf: path)
    var fertility = Fertility(tokenizer)
    if let sample {
      let reader = try LineReader(path: sample)
      while let line = try reader.next() { fertility.add(line) }
      Warnings.replacements(reader.replacementCount, in: reader.name)
    } else {
      for sentence in SampleSentences.all { fertility.add(Array(sentence.utf8)) }
    }
    let report = TokenizerReport(
      tokenizer, path: path, size: try FileSystem.size(path), fertility: fertility,
      sample: sample.map(Paths.name(of:)))
    let output = StandardOutput.shared
    try format.json ? output.line(report.json.text) : output.write(report.text)
  }
}
