/// Where special tokens stand around one text or a pair of texts.
struct Template: Hashable, Sendable {
  /// A special token or one of the texts.
  enum Piece: Hashable, Sendable {
    case special(name: [UInt8], typeID: Int)
    case sequence(isSecond: Bool, typeID: Int)
  }

  /// What a special token's name in the template stands for.
  struct Special: Hashable, Sendable {
    var name: [UInt8]
    var ids: [Int32]
    var tokens: [[UInt8]]
  }

  var single: [Piece]
  var pair: [Piece]
  /// In the order of their names' bytes.
  var specials: [Special]

  /// `[CLS] A [SEP]` and `[CLS] A [SEP] B [SEP]` with the spellings and identifiers given.
  init(start: (name: [UInt8], id: Int32), end: (name: [UInt8], id: Int32)) {
    let first = Piece.special(name: start.name, typeID: 0)
    let last = Piece.special(name: end.name, typeID: 0)
    single = [first, .sequence(isSecond: false, typeID: 0), last]
    pair = single + [.sequence(isSecond: true, typeID: 0), last]
    specials = [start, end].map { Special(name: $0.name, ids: [$0.id], tokens: [$0.name]) }
    specials.sort { $0.name.lexicographicallyPrecedes($1.name) }
  }

  /// Creates a template from its parts.
  init(single: [Piece], pair: [Piece], specials: [Special]) {
    self.single = single
    self.pair = pair
    self.specials = specials.sorted { $0.name.lexicographicallyPrecedes($1.name) }
  }

  /// The tokens before a single text.
  var prefix: [Int32] {
    single.prefix { if case .special = $0 { true } else { false } }.flatMap(ids)
  }

  /// The tokens after a single text.
  var suffix: [Int32] {
    guard
      let text = single.lastIndex(where: { if case .sequence = $0 { true } else { false } })
    else { return [] }
    return single[(text + 1)...].flatMap(ids)
  }

  /// How many special tokens there are around the text or the pair.
  func addedCount(isPair: Bool) -> Int {
    (isPair ? pair : single).reduce(0) { $0 + ids($1).count }
  }

  /// The identifiers of a special token; none for a text.
  func ids(_ piece: Piece) -> [Int32] {
    guard case .special(let name, _) = piece else { return [] }
    return specials.first { $0.name == name }?.ids ?? []
  }
}
