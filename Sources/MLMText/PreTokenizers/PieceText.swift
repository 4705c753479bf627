/// A normalized text that is being cut into pieces, and rewritten by some of the steps.
struct PieceText {
  /// The text.
  private(set) var bytes: [UInt8] = []
  /// The pieces in order; what lies between them is dropped.
  private(set) var pieces: [Piece] = []
  /// Where the text came from, if that was asked for.
  private(set) var alignment = Alignment()
  private var isAligning = false
  private var nextBytes: [UInt8] = []
  private var nextPieces: [Piece] = []

  /// Begins with one text and the added tokens found in it.
  mutating func begin(
    _ text: UnsafeBufferPointer<UInt8>, pieces: (inout [Piece]) -> Void, alignment: Alignment?
  ) {
    bytes.removeAll(keepingCapacity: true)
    bytes.append(contentsOf: text)
    self.pieces.removeAll(keepingCapacity: true)
    pieces(&self.pieces)
    isAligning = alignment != nil
    self.alignment = alignment ?? Alignment()
  }

  /// Does a step; `startsText` says whether the text is the beginning of the original.
  mutating func apply(_ step: PreTokenizerStep, startsText: Bool) {
    switch step {
    case .bert:
      split(.removed, Self.isWhiteSpace)
      split(.isolated, BERTCharacters.shared.isPunctuation)
    case .delimiter(let delimiter): split(.removed) { $0 == delimiter }
    case .digits(let individually):
      let categories = GeneralCategories.shared
      split(individually ? .isolated : .contiguous) { categories.contains($0, .numbers) }
    case .punctuation(let behavior): split(behavior, BERTCharacters.shared.isPunctuation)
    case .whitespaceSplit: split(.removed, Self.isWhiteSpace)
    case .whitespace: collect { text, range, body in Self.words(in: text, range, body) }
    case .fixedLength(let length):
      collect { text, range, body in Self.chunks(of: length, in: text, range, body) }
    case .unicodeScripts: collect(Scripts.forEachRun)
    case .split(let pattern, let behavior, let isInverted):
      split(pattern, behavior, isInverted: isInverted)
    case .byteLevel(let settings):
      if settings.addsPrefixSpace { prepend([UInt8(ascii: " ")]) { _ in true } }
      if settings.splitsWords {
        collect { text, range, body in
          guard let base = text.baseAddress else { return }
          let scanner = WordScanner(base + range.lowerBound, count: range.count)
          var start = 0
          while start < range.count {
            let end = scanner.end(ofWordAt: start)
            body(range.lowerBound + start..<range.lowerBound + end)
            start = end
          }
        }
      }
    case .metaspace(let metaspace): apply(metaspace, startsText: startsText)
    }
  }

  /// Writes every byte of the pieces as its character of the byte-level alphabet.
  mutating func spellBytes() {
    rewrite { _, text, range, output, runs in
      var i = range.lowerBound
      while i < range.upperBound {
        let length = UTF8Scalar.length(lead: text[i])
        runs.single(from: i, to: output.count)
        for byte in text[i..<i + length] {
          UTF8Scalar.append(ByteLevelAlphabet.scalars[Int(byte)], to: &output)
        }
        i += length
      }
    }
  }

  private static func isWhiteSpace(_ scalar: UInt32) -> Bool {
    CharacterProperties.isWhiteSpace(scalar)
  }

  private mutating func apply(_ metaspace: Metaspace, startsText: Bool) {
    let mark = metaspace.replacement
    rewrite { _, text, range, output, runs in
      var copied = range.lowerBound
      for i in range where text[i] == UInt8(ascii: " ") {
        if copied < i {
          runs.copy(from: copied, to: output.count)
          output.append(contentsOf: text[copied..<i])
        }
        runs.single(from: i, to: output.count)
        output += mark
        copied = i + 1
      }
      if copied < range.upperBound {
        runs.copy(from: copied, to: output.count)
        output.append(contentsOf: text[copied..<range.upperBound])
      }
    }
    switch metaspace.prepending {
    case .never: break
    case .always: prepend(mark) { _ in true }
    case .first:
      guard startsText else { break }
      var cursor = AlignmentCursor(alignment)
      prepend(mark) { piece in cursor.origin(of: piece.start) <= 0 }
    }
    if metaspace.splits { split(.string(mark), .mergedWithNext, isInverted: false) }
  }

  /// Cuts the pieces at single characters.
  @inline(__always)
  private mutating func split(_ behavior: SplitBehavior, _ isMatch: (UInt32) -> Bool) {
    nextPieces.removeAll(keepingCapacity: true)
    var collector = PieceCollector(nextPieces, behavior: behavior)
    nextPieces = []
    bytes.withUnsafeBufferPointer { text in
      guard let base = text.baseAddress else { return }
      for piece in pieces {
        guard piece.added < 0 else {
          collector.add(piece)
          continue
        }
        collector.add(piece.start..<piece.end) { body in
          var i = piece.start
          while i < piece.end {
            let (scalar, length) = UTF8Scalar.decode(base + i)
            if isMatch(scalar) { body(i..<i + length) }
            i += length
          }
        }
      }
    }
    nextPieces = pieces
    pieces = collector.pieces
  }

  private mutating func split(
    _ pattern: TextPattern, _ behavior: SplitBehavior, isInverted: Bool
  ) {
    nextPieces.removeAll(keepingCapacity: true)
    var collector = PieceCollector(nextPieces, behavior: behavior, isInverted: isInverted)
    nextPieces = []
    var known: KnownPattern?
    if case .expression(let expression) = pattern { known = expression.known }
    bytes.withUnsafeBufferPointer { text in
      for piece in pieces {
        guard piece.added < 0 else {
          collector.add(piece)
          continue
        }
        collector.add(piece.start..<piece.end) { body in
          let part = UnsafeBufferPointer(rebasing: text[piece.start..<piece.end])
          if let known {
            known.forEachPiece(in: part) {
              body(piece.start + $0.lowerBound..<piece.start + $0.upperBound)
            }
          } else {
            pattern.forEachMatch(in: part) {
              body(piece.start + $0.lowerBound..<piece.start + $0.upperBound)
            }
          }
        }
      }
    }
    nextPieces = pieces
    pieces = collector.pieces
  }

  /// Replaces each piece by those that `find` reports.
  private mutating func collect(
    _ find: (UnsafeBufferPointer<UInt8>, Range<Int>, (Range<Int>) -> Void) -> Void
  ) {
    nextPieces.removeAll(keepingCapacity: true)
    bytes.withUnsafeBufferPointer { text in
      for piece in pieces {
        guard piece.added < 0 else {
          nextPieces.append(piece)
          continue
        }
        find(text, piece.start..<piece.end) {
          nextPieces.append(Piece(start: $0.lowerBound, end: $0.upperBound))
        }
      }
    }
    swap(&pieces, &nextPieces)
  }

  /// Puts `prefix` before the pieces that do not begin with it and that `isWanted` takes.
  private mutating func prepend(_ prefix: [UInt8], _ isWanted: (Piece) -> Bool) {
    rewrite { piece, text, range, output, runs in
      if !text[range].starts(with: prefix), isWanted(piece) {
        runs.single(from: range.lowerBound, to: output.count)
        output += prefix
      }
      runs.copy(from: range.lowerBound, to: output.count)
      output.append(contentsOf: text[range])
    }
  }

  /// Writes the text anew, piece by piece; added tokens are copied.
  private mutating func rewrite(
    _ body: (
      Piece, UnsafeBufferPointer<UInt8>, Range<Int>, inout [UInt8], inout AlignmentRecorder
    ) -> Void
  ) {
    nextBytes.removeAll(keepingCapacity: true)
    nextBytes.reserveCapacity(bytes.count + bytes.count / 4 + 16)
    var runs = AlignmentRecorder(isRecording: isAligning)
    bytes.withUnsafeBufferPointer { text in
      for index in pieces.indices {
        let piece = pieces[index]
        let start = nextBytes.count
        if piece.added >= 0 {
          runs.copy(from: piece.start, to: start)
          nextBytes.append(contentsOf: text[piece.start..<piece.end])
        } else {
          body(piece, text, piece.start..<piece.end, &nextBytes, &runs)
        }
        pieces[index].start = start
        pieces[index].end = nextBytes.count
      }
    }
    swap(&bytes, &nextBytes)
    if isAligning { alignment.steps.append(runs.runs) }
  }
}
