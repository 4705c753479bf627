/// Random numbers as a function of a seed, a stream, a step and a position.
///
/// Nothing is carried from one number to the next, so any part of a run can be repeated without
/// what came before it. Streams keep uses apart: 0 initialization, 1 order of documents,
/// 2 masking, 3 dropout, 4 order in fine-tuning, 5 draw of labels, 6 sampling of text.
package struct RandomStream: Hashable, Sendable {
  let key: SIMD2<UInt32>

  /// Makes stream number `stream` of `seed`.
  package init(seed: UInt64, stream: UInt32) {
    let block = Philox.block(
      counter: SIMD4(stream, 0, 0, 0),
      key: SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32)))
    key = block.lowHalf
  }

  /// Returns 128 random bits.
  package func bits(step: UInt64, position: UInt64) -> SIMD4<UInt32> {
    Philox.block(
      counter: SIMD4(
        UInt32(truncatingIfNeeded: position), UInt32(truncatingIfNeeded: position >> 32),
        UInt32(truncatingIfNeeded: step), UInt32(truncatingIfNeeded: step >> 32)),
      key: key)
  }

  /// Returns a multiple of 2⁻⁵³ in 0..<1, each equally likely.
  package func uniform(step: UInt64, position: UInt64) -> Double {
    Double(word(step: step, position: position) >> 11) * 0x1p-53
  }

  /// Returns an integer in 0..<n.
  ///
  /// A multiplication takes the place of a remainder (Lemire 2019); the values' probabilities
  /// differ by less than n/2⁶⁴.
  package func below(_ n: Int, step: UInt64, position: UInt64) -> Int {
    precondition(n > 0, "there is no integer below \(n)")
    return Int(word(step: step, position: position).multipliedFullWidth(by: UInt64(n)).high)
  }

  private func word(step: UInt64, position: UInt64) -> UInt64 {
    let block = bits(step: step, position: position)
    return UInt64(block.y) << 32 | UInt64(block.x)
  }
}
