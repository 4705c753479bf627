import MLMNumerics
import MLMTestSupport
import Testing

/// Attention of a batch of sequences, forward and backward.
struct AttentionPass {
  var heads = 2
  var width = 4
  var causal = false
  var processor = Processor.current

  /// Output and, given `dy`, the gradient of q|k|v.
  func callAsFunction(
    _ qkv: [Float], offsets: [Int], dy: [Float]? = nil
  ) -> (output: [Float], gradient: [Float]) {
    let rows = qkv.count / (3 * heads * width)
    let lengths = zip(offsets, offsets.dropFirst()).map { $1 - $0 }
    let probabilities = FloatBuffer(count: heads * lengths.reduce(0) { $0 + $1 * $1 })
    let (x, output) = (FloatBuffer(qkv), FloatBuffer(count: rows * heads * width))
    processor.attentionForward(
      output.rows(rows), qkv: x.rows(rows), probabilities: probabilities.pointer,
      offsets: offsets, heads: heads, causal: causal)
    guard let dy else { return (output.values, []) }
    let gradient = FloatBuffer([Float](repeating: .nan, count: qkv.count))
    let longest = lengths.max() ?? 0
    let scratch = FloatBuffer(count: longest * longest)
    processor.attentionBackward(
      qkvGradient: gradient.rows(rows), outputGradient: view(dy, rows: rows),
      qkv: x.rows(rows), probabilities: probabilities.pointer, offsets: offsets, heads: heads,
      causal: causal, scratch: scratch.pointer)
    return (output.values, gradient.values)
  }
}

@Suite struct AttentionTests {
  @Test(arguments: CPULevel.supported, [false, true])
  func attentionMatchesTorch(level: CPULevel, causal: Bool) {
    let attend = AttentionPass(causal: causal, processor: Processor(level: level))
    let found = attend(
      pattern(120, seed: 16, factor: 2), offsets: [0, 3, 5], dy: pattern(40, seed: 17))
    let output = causal ? Reference.causalAttention : Reference.attention
    let gradient =
      causal ? Reference.causalAttentionInputGradient : Reference.attentionInputGradient
    #expect(maxDifference(found.output, output) < 1e-6)
    #expect(maxDifference(found.gradient, gradient) < 2e-6)
  }

  @Test(arguments: CPULevel.supported, [false, true])
  func gradientMatchesDifferences(level: CPULevel, causal: Bool) {
    let attend = AttentionPass(causal: causal, processor: Processor(level: level))
    let (x, dy) = (randomValues(7 * 24, seed: 1), randomValues(7 * 8, seed: 2))
    let gradient = attend(x, offsets: [0, 5, 7], dy: dy).gradient
    #expect(
      checkGradient(gradient, at: x) { dot(attend($0, offsets: [0, 5, 7]).output, dy) } < 1e-3)
  }

  /// A batch of one row: its length and that of a few neighbours.
  @Test(arguments: [1, 2, 5, 31, 32, 33, 70])
  func aSequenceIsTheSameAloneAndInABatch(length: Int) {
    let attend = AttentionPass(heads: 2, width: 16)
    let row = 3 * 2 * 16
    let (before, after) = (randomValues(9 * row, seed: 1), randomValues(40 * row, seed: 2))
    let x = randomValues(length * row, seed: 3)
    let dy = randomValues((9 + length + 40) * 32, seed: 4)
    let own = 9..<(9 + length)
    let alone = attend(
      x, offsets: [0, length], dy: Array(dy[own.lowerBound * 32..<own.upperBound * 32]))
    let together = attend(
      before + x + after, offsets: [0, 9, 9 + length, 9 + length + 40], dy: dy)
    #expect(Array(together.output[own.lowerBound * 32..<own.upperBound * 32]) == alone.output)
    #expect(Array(together.gradient[own.lowerBound * row..<own.upperBound * row]) == alone.gradient)
  }

  @Test(arguments: CPULevel.supported)
  func causalLaterRowsChangeNoEarlierOutput(level: CPULevel) {
    let attend = AttentionPass(
      heads: 2, width: 16, causal: true, processor: Processor(level: level))
    let row = 3 * 2 * 16
    for length in [7, 40, 90] {
      var x = randomValues(length * row, seed: 5)
      let original = attend(x, offsets: [0, length]).output
      let kept = length / 2
      for i in (kept * row)..<x.count { x[i] = 3 - 2 * x[i] }
      let changed = attend(x, offsets: [0, length]).output
      #expect(changed[..<(kept * 32)] == original[..<(kept * 32)])
      #expect(changed[(kept * 32)...] != original[(kept * 32)...])
    }
  }

  @Test(arguments: CPULevel.supported)
  func notANumberStaysInItsSequence(level: CPULevel) {
    let attend = AttentionPass(processor: Processor(level: level))
    var x = randomValues(7 * 24, seed: 1)
    x[5 * 24 + 8] = .nan  // a key of the second sequence, first head
    let y = attend(x, offsets: [0, 4, 7]).output
    #expect(y.enumerated().allSatisfy { $1.isNaN == ($0 / 8 >= 4 && $0 % 8 < 4) })
  }
}
