/// A way to encode text stretch by stretch where neighbours cannot change each other's tokens, so
/// that the tokens of a stretch can be remembered by its bytes, before anything is normalized.
///
/// What holds for every stretch is decided here; what must hold for a single one is checked by
/// `Tokenizer.appendWordwise`, which leaves the whole text to the plain way where it does not.
package enum WordwisePath: Hashable, Sendable {
  /// BERT's pre-tokenizer: white space is dropped, punctuation and ideographs stand alone.
  case bert
  /// `Metaspace` that puts its mark before every text. Runs of spaces count as one, each as one, or
  /// not at all.
  case metaspace(mark: [UInt8], spaces: Spaces)

  /// What becomes of spaces that follow each other.
  package enum Spaces: Hashable, Sendable {
    case collapsed, kept, dropped
  }

  /// Looks for such steps; nil for others.
  init?(_ operations: [RewritingOperation], _ steps: [PreTokenizerStep]) {
    if steps == [.bert] {
      // Decomposition, unlike composition, never reaches over punctuation, an ideograph or a space.
      let areLocal = operations.allSatisfy { operation in
        switch operation {
        case .form(.nfd), .lowercase, .stripAccents, .characters(.cleaning),
          .characters(.ideographSpacing), .characters(.nonspacingStripping):
          true
        default: false
        }
      }
      // Where ideographs get no spaces they belong to the word around them.
      guard areLocal, operations.contains(.characters(.ideographSpacing)) else { return nil }
      self = .bert
      return
    }
    guard case .metaspace(let metaspace) = steps.last, metaspace.prepending == .always,
      metaspace.splits
    else { return nil }
    var spaces = Spaces.kept
    for operation in operations {
      switch operation {
      case .form, .lowercase, .stripAccents, .precompiled, .characters(.nmt): break
      case .replace(.expression(let expression), by: [UInt8(ascii: " ")])
      where expression.source == Array(" {2,}".utf8):
        spaces = .collapsed
      default: return nil
      }
    }
    if steps.count > 1 {
      guard steps.count == 2, steps[0] == .whitespaceSplit else { return nil }
      spaces = .dropped
    }
    self = .metaspace(mark: metaspace.replacement, spaces: spaces)
  }
}
