/// Sequences of tokens laid end to end, without padding.
package struct Batch: Sendable {
  /// Token identifiers of all sequences.
  package private(set) var ids: [Int32] = []
  /// Each token's type, such as 1 in the second text of a pair; empty where all are 0.
  package private(set) var types: [Int32] = []
  /// Where each sequence starts, and at the end the number of rows.
  package private(set) var offsets: [Int] = [0]

  package init() {}

  package init(_ sequences: some Sequence<some Collection<Int32>>) {
    for sequence in sequences { append(sequence) }
  }

  /// Adds a sequence; an empty one is a caller's mistake.
  ///
  /// - Parameter types: The type of each token; all 0 if nil.
  package mutating func append(_ sequence: some Collection<Int32>, types: [Int32]? = nil) {
    precondition(!sequence.isEmpty, "a sequence holds at least one token")
    precondition(types?.count ?? sequence.count == sequence.count, "a type for each token")
    if let types, types.contains(where: { $0 != 0 }) || !self.types.isEmpty {
      fillTypes()
      self.types.append(contentsOf: types)
    }
    ids.append(contentsOf: sequence)
    offsets.append(ids.count)
    if !self.types.isEmpty { fillTypes() }
  }

  /// Gives the tokens that have no type yet type 0.
  private mutating func fillTypes() {
    types.append(contentsOf: repeatElement(0, count: ids.count - types.count))
  }

  /// Puts other tokens in the place of all.
  package mutating func replaceIDs(with ids: [Int32]) {
    precondition(ids.count == self.ids.count, "as many tokens as before")
    self.ids = ids
  }

  package mutating func removeAll() {
    ids.removeAll(keepingCapacity: true)
    types.removeAll(keepingCapacity: true)
    offsets.removeAll(keepingCapacity: true)
    offsets.append(0)
  }

  package var rowCount: Int { ids.count }
  package var sequenceCount: Int { offsets.count - 1 }
  package var longestSequence: Int { zip(offsets, offsets.dropFirst()).map { $1 - $0 }.max() ?? 0 }
}
