import MLMData
import MLMModel

/// The sequences of each step: a function of the seed and the step, whatever came before.
package struct BatchSource {
  let shards: TokenShards
  package let index: SequenceIndex
  let sequencesPerStep: Int
  let seed: UInt64
  let startID: Int32
  let endID: Int32

  package init(
    shards: TokenShards, index: SequenceIndex, sequencesPerStep: Int, seed: UInt64, startID: Int32,
    endID: Int32
  ) {
    self.shards = shards
    self.index = index
    self.sequencesPerStep = sequencesPerStep
    self.seed = seed
    self.startID = startID
    self.endID = endID
  }

  /// Steps after which every sequence has been read about once.
  package var stepsPerEpoch: Int {
    max(1, (index.sequenceCount + sequencesPerStep - 1) / sequencesPerStep)
  }

  /// The sequences of a step, start and end token included.
  ///
  /// - Parameter step: From 1.
  package func sequences(ofStep step: Int) throws -> [[Int32]] {
    var sequences: [[Int32]] = []
    sequences.reserveCapacity(sequencesPerStep)
    var place = (step - 1) * sequencesPerStep
    var epoch = -1
    var permutation: Permutation?
    for _ in 0..<sequencesPerStep {
      if place / index.sequenceCount != epoch {
        epoch = place / index.sequenceCount
        permutation = Permutation(count: index.sequenceCount, seed: seed, epoch: epoch)
      }
      if let permutation {
        let (document, tokens) = index.place(
          ofSequence: permutation[place % index.sequenceCount])
        var sequence = [startID]
        try shards.appendIDs(ofDocument: document, range: tokens, to: &sequence)
        sequence.append(endID)
        sequences.append(sequence)
      }
      place += 1
    }
    return sequences
  }
}
