/// What happens to the matches that text is cut at, and the pieces that come of it.
enum SplitBehavior: String, Hashable, Sendable, CaseIterable {
  case removed = "Removed"
  case isolated = "Isolated"
  case mergedWithPrevious = "MergedWithPrevious"
  case mergedWithNext = "MergedWithNext"
  case contiguous = "Contiguous"
}

/// A stretch of rewritten text, or an added token that was found in it.
struct Piece: Equatable {
  var start: Int
  var end: Int
  /// The identifier of an added token, or -1.
  var added: Int32 = -1
}

/// Collects pieces from the matches and the stretches between them, in order.
///
/// Empty matches take part in merging, and empty pieces are dropped last.
struct PieceCollector {
  private let behavior: SplitBehavior
  private let isInverted: Bool
  private(set) var pieces: [Piece]
  private var first: Int
  private var previousMatched = false
  private var pending: Range<Int>?
  private var hasEmpty = false

  /// Adds to `pieces`.
  init(_ pieces: [Piece], behavior: SplitBehavior, isInverted: Bool = false) {
    self.pieces = pieces
    self.behavior = behavior
    self.isInverted = isInverted
    first = pieces.count
  }

  /// Adds what is no text to cut.
  mutating func add(_ piece: Piece) { pieces.append(piece) }

  /// Begins the next text.
  mutating func begin() {
    first = pieces.count
    previousMatched = false
    pending = nil
    hasEmpty = false
  }

  /// Adds all of a text, cut at the matches that `find` reports in order.
  mutating func add(_ range: Range<Int>, matches find: ((Range<Int>) -> Void) -> Void) {
    begin()
    var done = range.lowerBound
    find { match in
      if done < match.lowerBound { add(done..<match.lowerBound, isMatch: false) }
      add(match, isMatch: true)
      done = match.upperBound
    }
    if done < range.upperBound { add(done..<range.upperBound, isMatch: false) }
    end()
  }

  /// Adds a match or a stretch between matches.
  private mutating func add(_ range: Range<Int>, isMatch: Bool) {
    let isMatch = isMatch != isInverted
    switch behavior {
    case .isolated: append(range)
    case .removed: if !isMatch { append(range) }
    case .contiguous:
      if isMatch == previousMatched, pieces.count > first {
        pieces[pieces.count - 1].end = range.upperBound
      } else {
        append(range)
      }
    case .mergedWithPrevious:
      if isMatch, !previousMatched, pieces.count > first {
        pieces[pieces.count - 1].end = range.upperBound
      } else {
        append(range)
      }
    case .mergedWithNext:
      if isMatch {
        if let pending { append(pending) }
        pending = range
      } else {
        append((pending?.lowerBound ?? range.lowerBound)..<range.upperBound)
        pending = nil
      }
    }
    previousMatched = isMatch
  }

  private mutating func end() {
    if let pending { append(pending) }
    pending = nil
    guard hasEmpty else { return }
    let kept = pieces[first...].filter { $0.start < $0.end }
    pieces.replaceSubrange(first..., with: kept)
  }

  private mutating func append(_ range: Range<Int>) {
    if range.isEmpty { hasEmpty = true }
    pieces.append(Piece(start: range.lowerBound, end: range.upperBound))
  }
}
