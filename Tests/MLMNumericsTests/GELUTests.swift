import MLMNumerics
import MLMTestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite struct GELUTests {
  func forward(_ x: [Float], on p: Processor) -> [Float] {
    let y = FloatBuffer(count: x.count)
    p.activationForward(y.rows(1), view(x, rows: 1), .gelu)
    return y.values
  }

  func gated(_ x: [Float], on p: Processor) -> [Float] {
    let y = FloatBuffer(count: x.count / 2)
    p.gatedForward(y.rows(3), view(x, rows: 3), .gelu)
    return y.values
  }

  @Test(arguments: CPULevel.supported)
  func geluMatchesTorch(level: CPULevel) {
    let p = Processor(level: level)
    let x = pattern(21, seed: 1, factor: 5)
    #expect(maxDifference(forward(x, on: p), Reference.gelu) < 1e-6)
    let (dx, dy) = (FloatBuffer(count: 21), FloatBuffer(pattern(21, seed: 2)))
    p.activationBackward(
      inputGradient: dx.rows(3), outputGradient: dy.rows(3), input: view(x, rows: 3), .gelu)
    #expect(maxDifference(dx.values, Reference.geluInputGradient) < 1e-6)
    p.activationBackward(
      inputGradient: dy.rows(3), outputGradient: dy.rows(3), input: view(x, rows: 3), .gelu)
    #expect(dy.values == dx.values, "in place")
  }

  @Test(arguments: CPULevel.supported)
  func geluGradientMatchesDifferences(level: CPULevel) {
    let p = Processor(level: level)
    let (x, dy) = (randomValues(40, seed: 1, bound: 4), randomValues(40, seed: 2))
    let dx = FloatBuffer(count: 40)
    p.activationBackward(
      inputGradient: dx.rows(1), outputGradient: view(dy, rows: 1),
      input: view(x, rows: 1), .gelu)
    #expect(checkGradient(dx.values, at: x) { dot(forward($0, on: p), dy) } < 1e-3)
  }

  @Test(arguments: CPULevel.supported)
  func geGLUMatchesTorch(level: CPULevel) {
    let p = Processor(level: level)
    let x = pattern(30, seed: 3, factor: 3)
    #expect(maxDifference(gated(x, on: p), Reference.geGLU) < 2e-6)
    let (dx, y) = (FloatBuffer(count: 30), FloatBuffer(count: 15))
    p.gatedBackward(
      inputGradient: dx.rows(3), output: y.rows(3),
      outputGradient: view(pattern(15, seed: 4), rows: 3), input: view(x, rows: 3), .gelu)
    #expect(maxDifference(dx.values, Reference.geGLUInputGradient) < 2e-6)
    #expect(maxDifference(y.values, Reference.geGLU) < 2e-6)
  }

  @Test(arguments: CPULevel.supported)
  func geGLUGradientMatchesDifferences(level: CPULevel) {
    let p = Processor(level: level)
    let (x, dy) = (randomValues(60, seed: 3, bound: 3), randomValues(30, seed: 4))
    let (dx, y) = (FloatBuffer(count: 60), FloatBuffer(count: 30))
    p.gatedBackward(
      inputGradient: dx.rows(3), output: y.rows(3), outputGradient: view(dy, rows: 3),
      input: view(x, rows: 3), .gelu)
    #expect(checkGradient(dx.values, at: x) { dot(gated($0, on: p), dy) } < 1e-3)
  }

  /// Φ = gelu(x)/x against the C library's erfc in double, over the whole range and densely.
  @Test(arguments: CPULevel.supported)
  func distributionIsAccurate(level: CPULevel) {
    let x = (1...60_000).map { Float($0 - 30_000) / 2_000 + 1e-5 }
    let y = forward(x, on: Processor(level: level))
    var (largest, largestRelative) = (0.0, 0.0)
    for (x, y) in zip(x, y) {
      let exact = erfc(-Double(x) / 2.0.squareRoot()) / 2
      let found = Double(y) / Double(x)
      largest = max(largest, abs(found - exact))
      if x > -10 { largestRelative = max(largestRelative, abs(found / exact - 1)) }
    }
    #expect(largest < 2.5e-7)
    // The rounding of x²/2 is magnified by its size, here up to 50.
    #expect(largestRelative < 4e-6)
  }

  @Test(arguments: CPULevel.supported)
  func extremesBehaveAsInTorch(level: CPULevel) {
    // torch 2.13: F.gelu(tensor([inf, -inf, nan, 1e30, -1e30, 0., -0.]))
    let y = forward(
      [.infinity, -.infinity, .nan, 1e30, -1e30, 0, -0.0], on: Processor(level: level))
    #expect(y[0] == .infinity && y[1].isNaN && y[2].isNaN && y[3] == 1e30)
    #expect(y[4...].allSatisfy { $0 == 0 })
  }
}
