/// A rewriting step as a tokenizer.json has it.
enum NormalizerStep: Hashable, Sendable {
  /// The switches of a `BertNormalizer`.
  struct BERT: Hashable, Sendable {
    var cleansText = true
    var spacesIdeographs = true
    /// Whether accents go; nil stands for `lowercases`.
    var stripsAccents: Bool?
    var lowercases = true
  }

  case form(Normalizer.Form)
  case lowercase
  case stripAccents
  case bert(BERT)
  case strip(left: Bool, right: Bool)
  case nmt
  case precompiled(PrecompiledMap)
  case replace(TextPattern, by: [UInt8])
  case prepend([UInt8])
  case byteLevel

  /// What the step comes down to.
  var operations: [RewritingOperation] {
    switch self {
    case .form(let form): return [.form(form)]
    case .lowercase: return [.lowercase]
    case .stripAccents: return [.stripAccents]
    case .bert(let bert):
      var operations: [RewritingOperation] = []
      if bert.cleansText { operations.append(.characters(.cleaning)) }
      if bert.spacesIdeographs { operations.append(.characters(.ideographSpacing)) }
      if bert.stripsAccents ?? bert.lowercases {
        operations += [.form(.nfd), .characters(.nonspacingStripping)]
      }
      if bert.lowercases { operations.append(.lowercase) }
      return operations
    case .strip(let left, let right): return [.strip(left: left, right: right)]
    case .nmt: return [.characters(.nmt)]
    case .precompiled(let map): return [.precompiled(map)]
    case .replace(let pattern, let content): return [.replace(pattern, by: content)]
    case .prepend(let prefix): return [.prepend(prefix)]
    case .byteLevel: return [.byteLevel]
    }
  }
}

/// One pass over a text that rewrites it.
enum RewritingOperation: Hashable, Sendable {
  case form(Normalizer.Form)
  case lowercase
  case stripAccents
  case characters(CharacterRewriter)
  case strip(left: Bool, right: Bool)
  case precompiled(PrecompiledMap)
  case replace(TextPattern, by: [UInt8])
  case prepend([UInt8])
  case byteLevel

  /// Writes the rewritten `input` into `output`; returns false if nothing changes.
  func apply(
    _ input: UnsafeBufferPointer<UInt8>, into output: inout [UInt8],
    recording runs: inout AlignmentRecorder
  ) -> Bool {
    switch self {
    case .form(let form):
      NormalizationForm(form)?.apply(input, into: &output, recording: &runs) ?? false
    case .lowercase: Lowercase.apply(input, into: &output, recording: &runs)
    case .stripAccents: StripAccents.apply(input, into: &output, recording: &runs)
    case .characters(let rewriter): rewriter.apply(input, into: &output, recording: &runs)
    case .strip(let left, let right):
      StringRewriter.strip(left: left, right: right, input, into: &output, recording: &runs)
    case .precompiled(let map): map.apply(input, into: &output, recording: &runs)
    case .replace(let pattern, let content):
      StringRewriter.replace(pattern, by: content, input, into: &output, recording: &runs)
    case .prepend(let prefix):
      StringRewriter.prepend(prefix, input, into: &output, recording: &runs)
    case .byteLevel: StringRewriter.byteLevel(input, into: &output, recording: &runs)
    }
  }
}
