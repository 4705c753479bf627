import Synchronization

/// A byte-level byte-pair encoding: a vocabulary and ordered merges.
package final class BytePairModel: Sendable {
  /// A merge of two tokens into a third.
  package typealias Merge = (left: Int32, right: Int32, result: Int32)

  let vocabulary: Vocabulary
  /// The merges, best first.
  package let merges: [Merge]
  /// The token of each byte.
  package let byteTokens: [Int32]
  /// How many bytes of text each token stands for.
  let byteCounts: [Int32]
  let table: MergeTable
  /// The ranks of the merges of two bytes.
  let byteRanks: ByteRanks
  /// Whether a word that is a token is that token, whatever the merges.
  let ignoresMerges: Bool
  private let madeBoundaries = Mutex<MergeBoundaries?>(nil)

  /// Where long words can be cut; made when one is first met.
  var boundaries: MergeBoundaries {
    madeBoundaries.withLock { made in
      if let made { return made }
      let new = MergeBoundaries(self)
      made = new
      return new
    }
  }

  /// Creates a model; nil if `vocabulary` lacks a byte, in which case `missing` gets its number.
  package init?(
    vocabulary: Vocabulary, merges: [Merge], ignoresMerges: Bool = false, missing: inout UInt8
  ) {
    var byteTokens = [Int32](repeating: 0, count: 256)
    for byte in UInt8.min...UInt8.max {
      guard let id = vocabulary.id(of: ByteLevelAlphabet.string(of: [byte])) else {
        missing = byte
        return nil
      }
      byteTokens[Int(byte)] = Int32(id)
    }
    self.vocabulary = vocabulary
    self.merges = merges
    self.ignoresMerges = ignoresMerges
    self.byteTokens = byteTokens
    (table, byteCounts) = WorkerThreads.both(
      sideBySide: merges.count > 20_000,
      { MergeTable(merges, tokenCount: vocabulary.count) }, { Self.byteCounts(vocabulary) })
    byteRanks = ByteRanks(byteTokens, table)
  }

  private static func byteCounts(_ vocabulary: Vocabulary) -> [Int32] {
    vocabulary.withTokens { token in
      (0..<vocabulary.count).map { id in
        // One character of the byte-level alphabet is one byte.
        var count: Int32 = 0
        for byte in token(id) ?? UnsafeBufferPointer(start: nil, count: 0) {
          count += byte & 0xC0 == 0x80 ? 0 : 1
        }
        return count
      }
    }
  }
}
