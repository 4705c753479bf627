/// Cuts text into the words that a vocabulary is learned from: normalizes it and does what the
/// pre-tokenizer says.
package struct WordSplitter {
  private let normalizer: Normalizer
  private let preTokenizer: PreTokenizer
  /// The settings of a pre-tokenizer that is byte-level and nothing else.
  private let byteLevel: ByteLevelSettings?
  private var scratch = NormalizerScratch()
  private var pieces = PieceText()
  private var bytes: [UInt8] = []

  /// The stretches of text that give the same words wherever they stand.
  enum Stretches {
    /// There are none that can be told.
    case none
    /// Those that begin with a single space between visible ASCII characters; text before the first
    /// such space gives the words of a text's beginning.
    case afterSpaces
    /// Those that BERT's pre-tokenizer cuts, ``BERTStretch``.
    case bert
  }
  let stretches: Stretches

  /// Normalizes with `normalizer` and cuts with `preTokenizer`.
  package init(normalizer: Normalizer, preTokenizer: PreTokenizer) {
    self.normalizer = normalizer
    self.preTokenizer = preTokenizer
    if preTokenizer.steps.count == 1, case .byteLevel(let settings) = preTokenizer.steps[0],
      settings.splitsWords
    {
      byteLevel = settings
    } else {
      byteLevel = nil
    }
    if WordwisePath(normalizer.operations, preTokenizer.steps) == .bert {
      stretches = .bert
    } else {
      let isLocal =
        normalizer.operations.allSatisfy(\.isLocal) && preTokenizer.steps.count == 1
        && preTokenizer.steps.allSatisfy(\.isLocal)
      stretches = isLocal ? .afterSpaces : .none
    }
  }

  /// Calls `body` with each word of `text`, and how many bytes can be read from its start on.
  ///
  /// Malformed sequences become U+FFFD first. `startsText` says whether a text begins here.
  package mutating func split(
    _ text: UnsafeBufferPointer<UInt8>, startsText: Bool,
    _ body: (_ word: UnsafePointer<UInt8>, _ length: Int, _ readable: Int) -> Void
  ) {
    guard UTF8Repair.isValid(text) else {
      UTF8Repair.repaired(text).bytes.withUnsafeBufferPointer {
        split($0, startsText: startsText, body)
      }
      return
    }
    guard let byteLevel else {
      splitByStep(text, startsText: startsText, body)
      return
    }
    let changed = normalizer.apply(text, &scratch, aligning: false)
    let first = changed ? scratch.bytes.first : text.first
    guard let first else { return }
    bytes.removeAll(keepingCapacity: true)
    if byteLevel.addsPrefixSpace, startsText, first != UInt8(ascii: " ") {
      bytes.append(UInt8(ascii: " "))
    }
    if changed { bytes.append(contentsOf: scratch.bytes) } else { bytes.append(contentsOf: text) }
    bytes.withUnsafeBufferPointer { text in
      guard let base = text.baseAddress else { return }
      let scanner = WordScanner(base, count: text.count)
      var start = 0
      while start < text.count {
        let end = scanner.end(ofWordAt: start)
        body(base + start, end - start, text.count - start)
        start = end
      }
    }
  }

  private mutating func splitByStep(
    _ text: UnsafeBufferPointer<UInt8>, startsText: Bool,
    _ body: (_ word: UnsafePointer<UInt8>, _ length: Int, _ readable: Int) -> Void
  ) {
    if normalizer.apply(text, &scratch, aligning: preTokenizer.needsOrigins) {
      let alignment = preTokenizer.needsOrigins ? scratch.alignment : nil
      let normalized = scratch.bytes
      normalized.withUnsafeBufferPointer { begin($0, alignment) }
    } else {
      begin(text, preTokenizer.needsOrigins ? Alignment() : nil)
    }
    for step in preTokenizer.steps { pieces.apply(step, startsText: startsText) }
    pieces.bytes.withUnsafeBufferPointer { text in
      guard let base = text.baseAddress else { return }
      for piece in pieces.pieces where piece.end > piece.start {
        body(base + piece.start, piece.end - piece.start, text.count - piece.start)
      }
    }
  }

  private mutating func begin(_ text: UnsafeBufferPointer<UInt8>, _ alignment: Alignment?) {
    pieces.begin(
      text,
      pieces: { pieces in
        if !text.isEmpty { pieces.append(Piece(start: 0, end: text.count)) }
      }, alignment: alignment)
  }
}

extension RewritingOperation {
  /// Whether the operation does the same to what follows a space, whatever came before it, and the
  /// same to what precedes the space, whatever follows.
  fileprivate var isLocal: Bool {
    switch self {
    case .form, .lowercase, .stripAccents, .characters: true
    case .strip, .precompiled, .replace, .prepend, .byteLevel: false
    }
  }
}

extension PreTokenizerStep {
  /// Whether the step cuts before a single space between visible ASCII characters, or drops it.
  fileprivate var isLocal: Bool {
    switch self {
    case .bert, .whitespace, .whitespaceSplit: true
    case .byteLevel(let settings): settings.splitsWords
    case .metaspace(let metaspace): metaspace.splits
    default: false
    }
  }
}
