import MLMNumerics
import MLMTestSupport
import MLMTileEmulation
import Testing

/// Products of operands rounded to bf16: every level and path against a plain product in double, and the
/// tile instructions, emulated where the processor has none, against the plain path.
///
/// Dot products are tested here only where the processor has them, and by scripts/emulate anywhere.
@Suite struct BFloat16ProductTests {
  /// Shapes on both sides of whole tiles, of blocks of tiles, and of the depth summed at a time.
  static let shapes = [
    (1, 1, 16), (16, 32, 16), (17, 33, 17), (32, 64, 32), (33, 31, 48), (5, 600, 40), (70, 513, 97),
    (600, 40, 33),
  ]
  static let forms = [(false, false), (false, true), (true, false), (true, true)]

  /// The plain path at each level, dot products, and the tiles.
  static let processors: [Processor] =
    CPULevel.supported.map { Processor(level: $0, precision: .bfloat16, path: .plain) }
    + (DotProducts.found != .none
      ? [Processor(level: .portable, precision: .bfloat16, path: .dotProducts)] : [])
    + (emulate_tiles() == 1
      ? [Processor(level: .portable, precision: .bfloat16, path: .tiles)] : [])

  @Test func tilesAreTested() {
    #if arch(x86_64) && os(Linux)
      #expect(Self.processors.contains { $0.path == .tiles })
    #endif
  }

  /// A product of matrices stored as the form says, from `start`.
  func product(
    _ p: Processor, _ a: [Float], _ b: [Float], _ shape: (Int, Int, Int),
    _ form: (transposeA: Bool, transposeB: Bool), scale: Float = 1, from start: [Float]? = nil
  ) -> [Float] {
    let (m, k, n) = shape
    let c = FloatBuffer(start ?? [Float](repeating: .nan, count: m * n))
    p.multiply(
      c.rows(m), view(a, rows: form.transposeA ? k : m), view(b, rows: form.transposeB ? n : k),
      transposeA: form.transposeA, transposeB: form.transposeB, scale: scale,
      accumulate: start != nil)
    return c.values
  }

  /// The product in double, and the sum of the absolute values of its terms.
  func plain(
    _ a: [Float], _ b: [Float], _ shape: (Int, Int, Int),
    _ form: (transposeA: Bool, transposeB: Bool)
  ) -> [(value: Double, size: Double)] {
    let (m, k, n) = shape
    return (0..<m * n).map { index in
      let (r, c) = (index / n, index % n)
      var (value, size) = (0.0, 0.0)
      for i in 0..<k {
        let left = Double(form.transposeA ? a[i * m + r] : a[r * k + i])
        let right = Double(form.transposeB ? b[c * k + i] : b[i * n + c])
        value += left * right
        size += abs(left * right)
      }
      return (value, size)
    }
  }

  /// What rounding allows: half a unit of a 7-bit fraction for each operand, and the sum's rounding.
  func bound(_ size: Double, inner: Int) -> Double {
    size * (0x1p-7 + 0x1p-16 + Double(inner + 2) * 0x1p-24) + 0x1p-126
  }

  @Test(arguments: shapes)
  func errorIsWithinTheBoundOfRounding(shape: (Int, Int, Int)) {
    let (m, k, n) = shape
    for seed in [1, 2] as [UInt64] {
      var (a, b) = (randomValues(m * k, seed: seed), randomValues(k * n, seed: seed + 10))
      if seed == 2 {
        // Sizes from 2⁻⁴⁰ to 2⁴⁰, zeros between.
        for i in a.indices {
          a[i] *= i % 7 == 0 ? 0 : Float(sign: .plus, exponent: i % 81 - 40, significand: 1)
        }
        for i in b.indices {
          b[i] *= i % 5 == 0 ? 0 : Float(sign: .plus, exponent: i % 79 - 39, significand: 1)
        }
      }
      for form in Self.forms {
        let expected = plain(a, b, shape, form)
        let first = product(Self.processors[0], a, b, shape, form)
        for p in Self.processors {
          let found = product(p, a, b, shape, form)
          for (value, wanted) in zip(found, expected) {
            #expect(abs(Double(value) - wanted.value) <= bound(wanted.size, inner: k))
          }
          // A dot product adds in another order.
          #expect(found == first || p.path == .dotProducts, "\(form)")
        }
      }
    }
  }

  @Test(arguments: shapes)
  func scaleAndAccumulation(shape: (Int, Int, Int)) {
    let (m, k, n) = shape
    // Numbers that bf16 holds, with sums that float32 holds.
    let a = (0..<m * k).map { Float($0 * 7 % 17) - 8 }
    let b = (0..<k * n).map { Float($0 * 5 % 13) - 6 }
    let start = (0..<m * n).map { Float($0 % 100) }
    for form in Self.forms {
      let expected = zip(plain(a, b, shape, form), start).map { Float($0.value / 2) + $1 }
      for p in Self.processors {
        #expect(product(p, a, b, shape, form, scale: 0.5, from: start) == expected)
      }
    }
  }

  @Test func tiesRoundToEven() {
    // 1 + 2⁻⁸ lies between 1 and 1 + 2⁻⁷, 1 + 3·2⁻⁸ between 1 + 2⁻⁷ and 1 + 2⁻⁶.
    let values: [(Float, Float)] = [
      (1 + 0x1p-8, 1), (1 + 0x3p-8, 1 + 0x1p-6), (1 + 0x1p-8 + 0x1p-20, 1 + 0x1p-7),
      (-1 - 0x1p-8, -1), (0x1.fffffep127, .infinity), (0x1.fep127, 0x1.fep127), (-0.0, 0),
    ]
    for p in Self.processors {
      for (value, rounded) in values {
        let one = [Float](repeating: 1, count: 16)
        #expect(
          product(p, [value], one, (1, 1, 16), (false, false))
            == [Float](repeating: rounded, count: 16))
      }
    }
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity])
  func whatIsNoFiniteNumberStaysSo(value: Float) {
    let (m, k, n) = (20, 40, 24)
    for form in Self.forms {
      var a = randomValues(m * k, seed: 1, bound: 2).map { abs($0) + 1 }
      let b = randomValues(k * n, seed: 2, bound: 2).map { abs($0) + 1 }
      a[form.0 ? 7 * m + 3 : 3 * k + 7] = value
      for p in Self.processors {
        let found = product(p, a, b, (m, k, n), form)
        for (index, element) in found.enumerated() {
          if index / n == 3 {
            #expect(value.isNaN ? element.isNaN : element == value)
          } else {
            #expect(element.isFinite)
          }
        }
      }
    }
  }

  @Test func viewsLeaveTheirSurroundingsAlone() {
    for p in Self.processors {
      let c = FloatBuffer([Float](repeating: 7, count: 60 * 100))
      let a = view(randomValues(60 * 70, seed: 1), rows: 60).rows(10..<49).columns(10..<47)
      let b = view(randomValues(40 * 90, seed: 2), rows: 40).rows(2..<39).columns(3..<80)
      p.multiply(c.rows(60).rows(11..<50).columns(20..<97), a, b)
      let inside = { (i: Int) in (11..<50).contains(i / 100) && (20..<97).contains(i % 100) }
      #expect(c.values.enumerated().allSatisfy { inside($0) ? $1 != 7 : $1 == 7 })
    }
  }

  @Test func rowsDoNotDependOnTheBatch() {
    let (rows, inputs, outputs) = (100, 96, 40)
    let x = FloatBuffer(randomValues(rows * inputs, seed: 1))
    let w = view(randomValues(outputs * inputs, seed: 2), rows: outputs)
    for p in Self.processors {
      let whole = FloatBuffer(count: rows * outputs)
      p.linearForward(whole.rows(rows), x.rows(rows), w)
      for range in [0..<1, 5..<6, 15..<40, 33..<100] {
        let part = FloatBuffer(count: range.count * outputs)
        p.linearForward(part.rows(range.count), x.rows(rows).rows(range), w)
        #expect(
          part.values
            == Array(whole.values[range.lowerBound * outputs..<range.upperBound * outputs]))
      }
    }
  }

  @Test func packedWeightsFollowTheWeights() {
    let (rows, width) = (20, 32)
    let x = view(randomValues(rows * width, seed: 1), rows: rows)
    let w = FloatBuffer(randomValues(width * width, seed: 2))
    var keeping = Processor(level: .portable, precision: .bfloat16, path: .plain)
    let plain = keeping
    let packed = PackedWeights()
    keeping.packedWeights = packed
    func forwardAndBackward(_ p: Processor) -> [Float] {
      let (y, dx) = (FloatBuffer(count: rows * width), FloatBuffer(count: rows * width))
      p.linearForward(y.rows(rows), x, w.rows(width))
      p.linearBackward(
        inputGradient: dx.rows(rows), weightGradient: nil, outputGradient: y.rows(rows), input: x,
        weight: w.rows(width))
      return y.values + dx.values
    }
    let before = forwardAndBackward(plain)
    #expect(forwardAndBackward(keeping) == before)
    #expect(forwardAndBackward(keeping) == before)
    w.pointer[5] += 1
    #expect(forwardAndBackward(keeping) == before)
    packed.weightsChanged()
    let after = forwardAndBackward(plain)
    #expect(after != before)
    #expect(forwardAndBackward(keeping) == after)
  }

  /// Sequences within a block and longer than one, with a window, forward and backward.
  @Test func tilesGiveAttentionTheBitsOfTheCodeWithoutThem() {
    let (rows, heads, width) = (190, 2, 32)
    let qkv = randomValues(rows * 3 * heads * width, seed: 4)
    let dy = randomValues(rows * heads * width, seed: 5)
    for reach in [nil, 20] {
      let results = Self.processors.map {
        AttentionPass(heads: heads, width: width, reach: reach, processor: $0)(
          qkv, offsets: [0, 40, 190], dy: dy)
      }
      if let tiles = results.last, Self.processors.last?.path == .tiles {
        // The processor with tiles is the portable one, as the first: their softmax is the same.
        #expect(tiles.output == results[0].output && tiles.gradient == results[0].gradient)
      }
    }
  }

  @Test func attentionWithinTheBoundOfRounding() {
    // One head of a sequence longer than a block; probabilities and scores both go through bf16.
    let (length, width) = (150, 32)
    let qkv = view(randomValues(length * 3 * width, seed: 4), rows: length)
    let results = [Precision.float32, .bfloat16].map { precision in
      let p = Processor(level: .portable, precision: precision)
      let output = FloatBuffer(count: length * width)
      let kept = FloatBuffer(
        count: max(1, AttentionMemory.keptCount(offsets: [0, length], heads: 1)))
      let scratch = FloatBuffer(count: AttentionMemory.scratchCount(length: length))
      p.attentionForward(
        KeptMatrix(output.rows(length)), qkv: KeptMatrix(qkv), probabilities: kept.pointer,
        offsets: [0, length], heads: 1, pattern: AttentionPattern(isCausal: false),
        scratch: scratch.pointer)
      return output.values
    }
    let difference = relativeDifference(results[1], results[0])
    #expect(difference < 0.02)
    #expect(difference > 1e-5)
  }
}
