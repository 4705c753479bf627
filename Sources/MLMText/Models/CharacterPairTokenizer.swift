import HeapModule

/// Runs a `CharacterPairModel`: symbols for the characters of a word, then merges, lowest rank first,
/// leftmost first among equals.
package struct CharacterPairTokenizer: WordTokenizer {
  private struct Symbol {
    /// The token, or -1 after it was merged into the one before.
    var id: Int32
    var length: Int32
    var previous: Int32
    var next: Int32
  }

  private let model: CharacterPairModel
  private var symbols: [Symbol] = []
  private var heap = Heap<UInt64>()
  private var skipped: [UInt64] = []
  private var spelling: [UInt8] = []
  private var generator = SystemRandomNumberGenerator()

  /// Runs `model`.
  package init(_ model: CharacterPairModel) { self.model = model }

  var isRepeatable: Bool { (model.settings.dropout ?? 0) == 0 }

  /// Whether words can be cut into parts whose tokens do not depend on each other.
  package var cutsWords: Bool { model.joints != nil }

  /// Returns the end of the part of `word` that begins at `start`.
  package func endOfPart(of word: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    model.joints?.endOfPart(of: word, from: start, model.characterIDs) ?? word.count
  }

  /// Appends the tokens of a word, which is valid UTF-8 and not empty.
  package mutating func append(_ word: UnsafeBufferPointer<UInt8>, to tokens: inout [ModelToken]) {
    if model.settings.ignoresMerges, isRepeatable, let id = model.vocabulary.id(of: word) {
      tokens.append(ModelToken(id: Int32(id), start: 0, end: Int32(word.count)))
      return
    }
    spell(word)
    if symbols.count <= ShortMerge.longest, isRepeatable {
      appendShort(to: &tokens)
      return
    }
    merge()
    // Lengths add up, so that what has no symbol at all shifts what follows.
    var place: Int32 = 0
    var index = symbols.isEmpty ? -1 : 0
    while index >= 0 {
      let symbol = symbols[index]
      tokens.append(ModelToken(id: symbol.id, start: place, end: place + symbol.length))
      place += symbol.length
      index = Int(symbol.next)
    }
    if symbols.count > 1 << 16 {
      symbols = []
      heap = Heap()
    }
  }

  /// Merges and appends the few symbols of a short word.
  private func appendShort(to tokens: inout [ModelToken]) {
    guard !symbols.isEmpty else { return }
    let table = model.table
    var place: Int32 = 0
    symbols.withUnsafeBufferPointer { symbols in
      ShortMerge.run(
        symbols.count, table,
        fill: { ids, entries in
          for i in symbols.indices { ids[i] = symbols[i].id }
          for i in 0..<symbols.count - 1 {
            entries[i] = ShortMerge.entry(table.rank(ids[i], ids[i + 1]), i)
          }
        },
        { id, start, end in
          var length: Int32 = 0
          for i in start..<end { length += symbols[i].length }
          tokens.append(ModelToken(id: id, start: place, end: place + length))
          place += length
        })
    }
  }

  /// Fills `symbols` with the characters of `word`.
  private mutating func spell(_ word: UnsafeBufferPointer<UInt8>) {
    symbols.removeAll(keepingCapacity: true)
    let settings = model.settings
    var unknown: (id: Int32, length: Int32)?
    var i = 0
    while i < word.count {
      let end = min(i + UTF8Scalar.length(lead: word[i]), word.count)
      var id: Int?
      if settings.prefix == nil, settings.suffix == nil {
        id = self.id(of: UnsafeBufferPointer(rebasing: word[i..<end]))
        spelling.removeAll(keepingCapacity: true)
        if id == nil { spelling.append(contentsOf: word[i..<end]) }
      } else {
        spelling.removeAll(keepingCapacity: true)
        if i > 0, let prefix = settings.prefix { spelling += prefix }
        spelling.append(contentsOf: word[i..<end])
        if end == word.count, let suffix = settings.suffix { spelling += suffix }
        id = model.vocabulary.id(of: spelling)
      }
      let length = Int32(end - i)
      i = end
      if let id {
        if let found = unknown { append(found.id, found.length) }
        unknown = nil
        append(Int32(id), length)
        continue
      }
      if settings.fallsBackToBytes, spelling.allSatisfy({ model.byteIDs[Int($0)] >= 0 }) {
        for byte in spelling { append(model.byteIDs[Int(byte)], 1) }
        continue
      }
      guard let unknownID = model.unknownID else { continue }
      if let found = unknown, !settings.fusesUnknown { append(found.id, found.length) }
      let before = settings.fusesUnknown ? unknown?.length ?? 0 : 0
      unknown = (unknownID, before + length)
    }
    if let found = unknown { append(found.id, found.length) }
    if !symbols.isEmpty { symbols[symbols.count - 1].next = -1 }
  }

  private func id(of character: UnsafeBufferPointer<UInt8>) -> Int? {
    guard let base = character.baseAddress else { return nil }
    let (scalar, length) = UTF8Scalar.decode(base)
    guard length < 4, length == character.count else { return model.vocabulary.id(of: character) }
    let id = model.characterIDs[scalar]
    return id < 0 ? nil : Int(id)
  }

  private mutating func append(_ id: Int32, _ length: Int32) {
    let index = Int32(symbols.count)
    symbols.append(Symbol(id: id, length: length, previous: index - 1, next: index + 1))
  }

  /// n log n for any word: a heap of possible merges over a linked list of symbols.
  private mutating func merge() {
    guard symbols.count > 1 else { return }
    let table = model.table
    let dropout = isRepeatable ? nil : model.settings.dropout
    var first: [UInt64] = []
    for i in 0..<symbols.count - 1 {
      let answer = table.answer(symbols[i].id, symbols[i + 1].id)
      if answer != MergeTable.none { first.append(Self.entry(answer, i)) }
    }
    heap = Heap(first)
    skipped.removeAll(keepingCapacity: true)
    while let entry = heap.popMin() {
      if let dropout, Double.random(in: 0..<1, using: &generator) < dropout {
        skipped.append(entry)
        continue
      }
      if !skipped.isEmpty {
        heap.insert(contentsOf: skipped)
        skipped.removeAll(keepingCapacity: true)
      }
      let place = Int(entry & 0xFFFF_FFFF)
      let right = Int(symbols[place].next)
      guard symbols[place].id >= 0, right >= 0 else { continue }
      let answer = table.answer(symbols[place].id, symbols[right].id)
      guard answer != MergeTable.none, answer >> 32 == entry >> 32 else { continue }
      symbols[place].id = Int32(truncatingIfNeeded: answer)
      symbols[place].length += symbols[right].length
      symbols[place].next = symbols[right].next
      symbols[right].id = -1
      let following = Int(symbols[place].next)
      if following >= 0 {
        symbols[following].previous = Int32(place)
        let answer = table.answer(symbols[place].id, symbols[following].id)
        if answer != MergeTable.none { heap.insert(Self.entry(answer, place)) }
      }
      let before = Int(symbols[place].previous)
      if before >= 0 {
        let answer = table.answer(symbols[before].id, symbols[place].id)
        if answer != MergeTable.none { heap.insert(Self.entry(answer, before)) }
      }
    }
  }

  private static func entry(_ answer: UInt64, _ place: Int) -> UInt64 {
    answer & 0xFFFF_FFFF_0000_0000 | UInt64(truncatingIfNeeded: place)
  }
}
