/// The tokens of a text or of a pair of texts as a model takes them.
///
/// The arrays are of one length.
public struct ModelInput: Hashable, Sendable {
  /// The identifiers.
  public var ids: [Int32] = []
  /// Which text of a pair each token belongs to, as the post-processor numbers them.
  public var typeIDs: [Int32] = []
  /// The UTF-8 bytes of its own text that each token stands for; `0..<0` for added tokens.
  public var offsets: [Range<Int>] = []
  /// Which text each token came from: 0, or 1 for the second of a pair; -1 for added tokens.
  public var textIndices: [Int8] = []
  /// Whether each token was added by the post-processor or as padding.
  public var isSpecial: [Bool] = []
  /// Whether each token is no padding.
  public var isAttended: [Bool] = []
  /// What truncation cut off, in parts of the same length.
  public var overflowing: [ModelInput] = []

  /// Creates an empty input.
  public init() {}

  /// The number of tokens.
  public var count: Int { ids.count }

  init(_ encoding: Encoding, typeID: Int32) {
    ids = encoding.ids
    offsets = encoding.offsets
    typeIDs = [Int32](repeating: typeID, count: ids.count)
    textIndices = [Int8](repeating: typeID == 0 ? 0 : 1, count: ids.count)
    isSpecial = [Bool](repeating: false, count: ids.count)
    isAttended = [Bool](repeating: true, count: ids.count)
  }

  init(specials: [Int32], typeID: Int32) {
    ids = specials
    offsets = specials.map { _ in 0..<0 }
    typeIDs = specials.map { _ in typeID }
    textIndices = specials.map { _ in -1 }
    isSpecial = specials.map { _ in true }
    isAttended = isSpecial
  }

  /// A part of the tokens, without what was cut off.
  private func part(_ range: Range<Int>) -> ModelInput {
    var part = ModelInput()
    part.ids = Array(ids[range])
    part.typeIDs = Array(typeIDs[range])
    part.offsets = Array(offsets[range])
    part.textIndices = Array(textIndices[range])
    part.isSpecial = Array(isSpecial[range])
    part.isAttended = Array(isAttended[range])
    return part
  }

  /// Gives all tokens one type.
  mutating func setTypes(_ typeID: Int32) { typeIDs = ids.map { _ in typeID } }

  /// Adds the tokens of `other`; parts that were cut off are combined, each with each.
  mutating func append(_ other: ModelInput) {
    var combined: [ModelInput] = []
    for mine in overflowing {
      combined.append(mine.joined(other))
      for theirs in other.overflowing { combined.append(mine.joined(theirs)) }
    }
    for theirs in other.overflowing { combined.append(joined(theirs)) }
    ids += other.ids
    typeIDs += other.typeIDs
    offsets += other.offsets
    textIndices += other.textIndices
    isSpecial += other.isSpecial
    isAttended += other.isAttended
    overflowing = combined
  }

  private func joined(_ other: ModelInput) -> ModelInput {
    var result = self
    result.append(other)
    return result
  }

  /// Keeps `length` tokens; the rest goes to `overflowing`, in parts that share `stride` tokens.
  ///
  /// `stride` must be less than `length`, unless that is 0.
  mutating func truncate(to length: Int, stride: Int, side: Side) {
    guard length < count else { return }
    if length == 0 {
      let all = self
      self = ModelInput()
      overflowing = [all]
      return
    }
    let step = length - stride
    var parts: [ModelInput] = []
    switch side {
    case .right:
      var start = 0
      while true {
        let end = min(start + length, count)
        parts.append(part(start..<end))
        if end == count { break }
        start += step
      }
    case .left:
      var end = count
      while true {
        let start = max(end - length, 0)
        parts.append(part(start..<end))
        if start == 0 { break }
        end -= step
      }
    }
    self = parts.removeFirst()
    overflowing = parts
  }

  /// Fills up to `length` tokens, and what was cut off as well.
  mutating func pad(to length: Int, _ padding: Padding) {
    for index in overflowing.indices { overflowing[index].pad(to: length, padding) }
    let missing = length - count
    guard missing > 0 else { return }
    let place = padding.side == .left ? 0 : count
    ids.insert(contentsOf: repeatElement(padding.id, count: missing), at: place)
    typeIDs.insert(contentsOf: repeatElement(padding.typeID, count: missing), at: place)
    offsets.insert(contentsOf: repeatElement(0..<0, count: missing), at: place)
    textIndices.insert(contentsOf: repeatElement(-1, count: missing), at: place)
    isSpecial.insert(contentsOf: repeatElement(true, count: missing), at: place)
    isAttended.insert(contentsOf: repeatElement(false, count: missing), at: place)
  }
}
