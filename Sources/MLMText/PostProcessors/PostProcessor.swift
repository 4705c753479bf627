/// What happens to the tokens of a text, or of a pair of texts, after the model.
enum PostProcessor: Hashable, Sendable {
  /// A special token by its spelling and its identifier.
  struct Special: Hashable, Sendable {
    var token: [UInt8]
    var id: Int32
  }

  /// Nothing.
  case none
  /// White space is taken out of the offsets.
  case byteLevel(ByteLevelSettings)
  /// Special tokens are put around the text.
  case template(Template)
  /// `cls A sep` and `cls A sep B sep`.
  case bert(start: Special, end: Special)
  /// `cls A sep` and `cls A sep sep B sep`, every type 0.
  case roberta(start: Special, end: Special, trimming: ByteLevelSettings)
  /// One after the other.
  case sequence([PostProcessor])

  /// The single steps.
  var steps: [PostProcessor] {
    if case .sequence(let steps) = self { steps.flatMap(\.steps) } else { [self] }
  }

  /// How many tokens are added.
  func addedCount(isPair: Bool) -> Int {
    switch self {
    case .none, .byteLevel: 0
    case .template(let template): template.addedCount(isPair: isPair)
    case .bert: isPair ? 3 : 2
    case .roberta: isPair ? 4 : 2
    case .sequence(let steps): steps.reduce(0) { $0 + $1.addedCount(isPair: isPair) }
    }
  }

  /// The tokens before a single text.
  var prefix: [Int32] {
    switch self {
    case .none, .byteLevel: []
    case .template(let template): template.prefix
    case .bert(let start, _), .roberta(let start, _, _): [start.id]
    case .sequence(let steps): steps.reversed().flatMap(\.prefix)
    }
  }

  /// The tokens after a single text.
  var suffix: [Int32] {
    switch self {
    case .none, .byteLevel: []
    case .template(let template): template.suffix
    case .bert(_, let end), .roberta(_, let end, _): [end.id]
    case .sequence(let steps): steps.flatMap(\.suffix)
    }
  }

  /// How white space is taken out of the offsets, if it is.
  var trimming: [ByteLevelSettings] {
    switch self {
    case .byteLevel(let settings) where settings.trimsOffsets: [settings]
    case .roberta(_, _, let settings) where settings.trimsOffsets: [settings]
    case .sequence(let steps): steps.flatMap(\.trimming)
    default: []
    }
  }
}
