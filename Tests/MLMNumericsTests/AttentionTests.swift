import Foundation
import MLMNumerics
import MLMTestSupport
import Testing

/// Attention of a batch of sequences, forward and backward.
struct AttentionPass {
  var heads = 2
  var width = 4
  var causal = false
  var reach: Int?
  var processor = Processor.current
  var keepsProbabilities = true

  /// Output and, given `dy`, the gradient of q|k|v.
  func callAsFunction(
    _ qkv: [Float], offsets: [Int], dy: [Float]? = nil
  ) -> (output: [Float], gradient: [Float]) {
    let rows = qkv.count / (3 * heads * width)
    let lengths = zip(offsets, offsets.dropFirst()).map { $1 - $0 }
    let pattern = AttentionPattern(isCausal: causal, reach: reach)
    let kept = FloatBuffer(count: AttentionMemory.keptCount(offsets: offsets, heads: heads))
    let probabilities = keepsProbabilities ? kept.pointer : nil
    let scratch = FloatBuffer(count: AttentionMemory.scratchCount(length: lengths.max() ?? 0))
    let (x, output) = (FloatBuffer(qkv), FloatBuffer(count: rows * heads * width))
    let input = KeptMatrix(x.rows(rows))
    processor.attentionForward(
      KeptMatrix(output.rows(rows)), qkv: input, probabilities: probabilities,
      offsets: offsets, heads: heads, pattern: pattern, scratch: scratch.pointer)
    guard let dy else { return (output.values, []) }
    // Others have worked in the scratch since.
    scratch.pointer.update(repeating: .nan, count: scratch.count)
    let gradient = FloatBuffer([Float](repeating: .nan, count: qkv.count))
    processor.attentionBackward(
      qkvGradient: gradient.rows(rows), outputGradient: view(dy, rows: rows), qkv: input,
      probabilities: probabilities, offsets: offsets, heads: heads, pattern: pattern,
      scratch: scratch.pointer)
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

  /// Against the formula, with sequences of less than a block, of one, and of several.
  @Test(arguments: [false, true], [nil, 0, 5, 140])
  func blocksWithReachMatchTheFormula(causal: Bool, reach: Int?) {
    let offsets = [0, 40, 168, 297, 597]
    let qkv = randomValues(597 * 48, seed: 7, bound: 2)
    let dy = randomValues(597 * 16, seed: 8)
    let expected = PlainAttention(heads: 2, width: 8, causal: causal, reach: reach)(
      qkv, offsets: offsets, dy: dy)
    for level in CPULevel.supported {
      let attend = AttentionPass(
        heads: 2, width: 8, causal: causal, reach: reach, processor: Processor(level: level))
      let found = attend(qkv, offsets: offsets, dy: dy)
      #expect(maxDifference(found.output, expected.output) < 2e-6, "\(level)")
      #expect(maxDifference(found.gradient, expected.gradient) < 1e-5, "\(level)")
    }
  }

  @Test(arguments: CPULevel.supported, [false, true])
  func probabilitiesMadeAgainAreThoseKept(level: CPULevel, causal: Bool) {
    let offsets = [0, 1, 40, 168, 297]
    let (qkv, dy) = (randomValues(297 * 48, seed: 7, bound: 2), randomValues(297 * 16, seed: 8))
    let results = [false, true].map { keeps in
      AttentionPass(
        heads: 2, width: 8, causal: causal, processor: Processor(level: level),
        keepsProbabilities: keeps)(qkv, offsets: offsets, dy: dy)
    }
    #expect(results[0] == results[1])
  }

  @Test func memoryIsLinearInTheLength() {
    func floats(_ length: Int) -> Int {
      AttentionMemory.keptCount(offsets: [0, length], heads: 4)
        + AttentionMemory.scratchCount(length: length)
    }
    #expect(floats(64_000) <= 64 * floats(1000))
    #expect(floats(64_000) < 20_000_000)
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

/// Attention as the formula has it, in double precision, forward and backward.
struct PlainAttention {
  var heads: Int
  var width: Int
  var causal: Bool
  var reach: Int?

  func callAsFunction(
    _ qkv: [Float], offsets: [Int], dy: [Float]
  ) -> (output: [Float], gradient: [Float]) {
    let row = 3 * heads * width
    var output = [Double](repeating: 0, count: dy.count)
    var gradient = [Double](repeating: 0, count: qkv.count)
    for (start, end) in zip(offsets, offsets.dropFirst()) {
      for head in 0..<heads {
        func place(_ part: Int, _ i: Int) -> Int { i * row + (part * heads + head) * width }
        func product(_ a: Int, _ b: Int) -> Double {
          (0..<width).reduce(0) { $0 + Double(qkv[a + $1]) * Double(qkv[b + $1]) }
        }
        for i in start..<end {
          let seen = (start..<end).filter {
            (!causal || $0 <= i) && abs($0 - i) <= reach ?? .max
          }
          let own = (i * heads + head) * width
          var p = seen.map { product(place(0, i), place(1, $0)) / Double(width).squareRoot() }
          let largest = p.max() ?? 0
          p = p.map { exp($0 - largest) }
          let sum = p.reduce(0, +)
          p = p.map { $0 / sum }
          var dp = [Double](repeating: 0, count: p.count)
          for (index, j) in seen.enumerated() {
            for c in 0..<width {
              output[own + c] += p[index] * Double(qkv[place(2, j) + c])
              gradient[place(2, j) + c] += p[index] * Double(dy[own + c])
              dp[index] += Double(dy[own + c]) * Double(qkv[place(2, j) + c])
            }
          }
          let mean = zip(p, dp).reduce(0) { $0 + $1.0 * $1.1 }
          for (index, j) in seen.enumerated() {
            let ds = p[index] * (dp[index] - mean) / Double(width).squareRoot()
            for c in 0..<width {
              gradient[place(0, i) + c] += ds * Double(qkv[place(1, j) + c])
              gradient[place(1, j) + c] += ds * Double(qkv[place(0, i) + c])
            }
          }
        }
      }
    }
    return (output.map { Float($0) }, gradient.map { Float($0) })
  }
}
