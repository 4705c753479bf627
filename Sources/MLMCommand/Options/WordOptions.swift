import ArgumentParser
import MLMText

/// What makes words of text, before a vocabulary is learned: the same for counting and training.
struct WordOptions: ParsableArguments {
  /// The kinds of model as the program calls them.
  enum Model: String, CaseIterable, ExpressibleByArgument {
    case bpe, wordpiece, unigram
  }

  /// What byte pairs are pairs of.
  enum Level: String, CaseIterable, ExpressibleByArgument {
    case byte, character
  }

  /// The normalizers that a tokenizer can be trained with.
  enum NormalizerName: String, CaseIterable, ExpressibleByArgument {
    case none, nfc, nfd, nfkc, nfkd, bert
  }

  @Option(help: "The kind of model.")
  var model = Model.bpe

  @Option(help: "What bpe merges (default: byte).")
  var level: Level?

  @Option(
    help: """
      What rewrites the text: a Unicode normalization form, or BERT's rules (default: nfkc; bert for \
      wordpiece).
      """)
  var normalizer: NormalizerName?

  @Flag(inversion: .prefixedNo, help: "Lowercase the text (default: only with bert).")
  var lowercase: Bool?

  @Flag(
    inversion: .prefixedNo,
    help: "Strip accents (default: only with bert, where text is lowercased).")
  var stripAccents: Bool?

  @Option(
    help: """
      What cuts text into words (default: byte-level for bytes, bert for wordpiece, metaspace for the \
      others).
      """)
  var preTokenizer: TrainingOptions.PreTokenizer?

  @Flag(inversion: .prefixedNo, help: "Put a space before text that begins with none.")
  var prefixSpace = true

  func validate() throws {
    if level != nil && model != .bpe {
      throw ValidationError("--level: expected --model bpe, found --model \(model.rawValue)")
    }
  }

  /// Whether an option says how words are made.
  var isGiven: Bool {
    normalizer != nil || lowercase != nil || stripAccents != nil || preTokenizer != nil
      || !prefixSpace
  }

  /// The kind of model.
  var kind: TrainingOptions.Model {
    switch model {
    case .bpe: level == .character ? .characterPairs : .bytePairs
    case .wordpiece: .wordPiece
    case .unigram: .unigram
    }
  }

  /// The usual options of the model with what is given here.
  var options: TrainingOptions {
    var options = TrainingOptions(model: kind)
    if let preTokenizer { options.preTokenizer = preTokenizer }
    options.addsPrefixSpace = prefixSpace
    let name = normalizer ?? (model == .wordpiece ? .bert : .nfkc)
    if let form = Normalizer.Form(rawValue: name.rawValue) {
      options.normalizer = Normalizer(
        form: form, lowercases: lowercase ?? false, stripsAccents: stripAccents ?? false)
    } else {
      options.normalizer = .bert(lowercases: lowercase ?? true, stripsAccents: stripAccents)
    }
    return options
  }
}

extension TrainingOptions.PreTokenizer: ExpressibleByArgument {}
