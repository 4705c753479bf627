import MLMModel
import MLMNumerics

/// Chooses tokens to predict and hides them, as BERT does (arXiv 1810.04805 §3.1).
///
/// Of the tokens chosen, 80 % become the mask token, 10 % another token and 10 % stay. Special tokens
/// are neither chosen nor put in. Every choice is a function of (seed, step, place in the step).
package struct Masking: Sendable {
  /// Share of the chosen tokens that become the mask token, and that become another token.
  static let maskedShare = 0.8
  static let replacedShare = 0.1

  let random: RandomStream
  let maskID: Int32
  /// Whether an identifier is a special token's.
  let isSpecial: [Bool]
  private let ordinaryIDs: [Int32]

  package init(seed: UInt64, maskID: Int32, isSpecial: [Bool]) {
    random = RandomStream(seed: seed, stream: 2)
    self.maskID = maskID
    self.isSpecial = isSpecial
    ordinaryIDs = isSpecial.indices.filter { !isSpecial[$0] }.map(Int32.init)
  }

  /// Hides tokens of `ids` in place and tells which are to be predicted.
  ///
  /// - Parameters:
  ///   - ids: Tokens of whole sequences.
  ///   - rate: The chance of each token that is not special to be chosen.
  ///   - step: The step of the run.
  ///   - firstPlace: The place of `ids[0]` among all tokens of the step.
  package func hide(
    _ ids: inout [Int32], rate: Double, step: UInt64, firstPlace: Int
  ) -> [LanguageModelHead.Target] {
    var targets: [LanguageModelHead.Target] = []
    for index in ids.indices where !isSpecial[Int(ids[index])] {
      let bits = random.bits(step: step, position: UInt64(firstPlace + index))
      guard share(bits.x) < rate else { continue }
      targets.append(.init(row: Int32(index), token: ids[index]))
      let kind = share(bits.y)
      if kind < Self.maskedShare {
        ids[index] = maskID
      } else if kind < Self.maskedShare + Self.replacedShare, !ordinaryIDs.isEmpty {
        // Multiply and shift: as even as a 32-bit number can be spread over a vocabulary.
        ids[index] = ordinaryIDs[Int((UInt64(bits.z) * UInt64(ordinaryIDs.count)) >> 32)]
      }
    }
    return targets
  }

  private func share(_ bits: UInt32) -> Double { Double(bits) / 4_294_967_296 }
}

extension Batch {
  /// Each token of a sequence but the first, to be predicted at the row before it.
  package var nextWordTargets: [LanguageModelHead.Target] {
    zip(offsets, offsets.dropFirst()).flatMap { start, end in
      (start..<max(start, end - 1)).map { row in
        LanguageModelHead.Target(row: Int32(row), token: ids[row + 1])
      }
    }
  }
}
