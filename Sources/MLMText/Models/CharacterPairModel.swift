/// A byte-pair encoding over characters, with every setting that a tokenizer.json may give it.
package final class CharacterPairModel: Sendable {
  /// What a tokenizer.json says besides vocabulary and merges.
  struct Settings: Hashable, Sendable {
    /// How likely a merge is left out each time; nil for never.
    var dropout: Double?
    var unknown: [UInt8]?
    /// What every character but the first of a word has before it.
    var prefix: [UInt8]?
    /// What the last character of a word has after it.
    var suffix: [UInt8]?
    /// Whether neighbouring unknown characters are one token.
    var fusesUnknown = false
    /// Whether an unknown character becomes tokens of its bytes.
    var fallsBackToBytes = false
    /// Whether a word that is a token is that token, whatever the merges.
    var ignoresMerges = false
  }

  /// The tokens of the model, and the added ones.
  package let vocabulary: Vocabulary
  /// The merges, best first.
  package let merges: [BytePairModel.Merge]
  let settings: Settings
  let table: MergeTable
  let unknownID: Int32?
  /// The tokens `<0x00>` to `<0xFF>`, or -1.
  package let byteIDs: [Int32]
  /// The tokens of characters.
  let characterIDs: CharacterIDs
  /// Where words can be cut, if they can.
  let joints: CharacterJoints?

  init(vocabulary: Vocabulary, merges: [BytePairModel.Merge], settings: Settings) {
    self.vocabulary = vocabulary
    self.merges = merges
    self.settings = settings
    table = MergeTable(merges, tokenCount: vocabulary.count)
    unknownID = settings.unknown.flatMap { vocabulary.id(of: $0).map { Int32($0) } }
    byteIDs = ByteFallback.ids(in: vocabulary)
    characterIDs = CharacterIDs(vocabulary)
    joints = CharacterJoints(
      vocabulary, merges, settings, unknownID: unknownID, byteIDs: byteIDs)
  }
}
