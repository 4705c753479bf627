import MLMNumerics
import MLMTestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite struct ActivationTests {
  private func forward(
    _ x: [Float], _ function: ActivationFunction, on p: Processor = .current
  ) -> [Float] {
    let y = FloatBuffer(count: x.count)
    p.activationForward(y.rows(1), view(x, rows: 1), function)
    return y.values
  }

  /// The definitions, in double by the C library.
  private func exact(_ x: Double, _ function: ActivationFunction) -> Double {
    switch function {
    case .gelu: x * erfc(-x / 2.0.squareRoot()) / 2
    case .geluTanh: 0.5 * x * (1 + tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
    case .relu: max(x, 0)
    case .silu: x / (1 + exp(-x))
    case .tanh: tanh(x)
    case .identity: x
    }
  }

  @Test(arguments: CPULevel.supported, ActivationFunction.allCases)
  func valuesAreThoseOfTheDefinition(level: CPULevel, function: ActivationFunction) {
    let x = (0...4000).map { Float($0 - 2000) / 160 }
    for (x, y) in zip(x, forward(x, function, on: Processor(level: level))) {
      let expected = exact(Double(x), function)
      #expect(abs(Double(y) - expected) < 4e-7 * max(1, abs(Double(x))), "\(function) of \(x)")
    }
  }

  /// torch 2.13: F.gelu(x, approximate="tanh"), F.silu(x) at -3, -0.5, 0.25, 2.
  @Test func valuesAreTorchs() {
    let x: [Float] = [-3, -0.5, 0.25, 2]
    #expect(
      maxDifference(
        forward(x, .geluTanh), [-0.0036373734, -0.15428598, 0.14967535, 1.9545977]) < 3e-7)
    #expect(
      maxDifference(forward(x, .silu), [-0.14227761, -0.18877034, 0.14054413, 1.7615942]) < 3e-7)
  }

  @Test(arguments: CPULevel.supported, ActivationFunction.allCases)
  func gradientsAreDifferences(level: CPULevel, function: ActivationFunction) {
    let p = Processor(level: level)
    // Away from the kink of relu.
    let x = randomValues(60, seed: 3, bound: 4).map { abs($0) < 0.05 ? $0 + 0.2 : $0 }
    let dy = randomValues(60, seed: 4)
    let dx = FloatBuffer(count: 60)
    p.activationBackward(
      inputGradient: dx.rows(1), outputGradient: view(dy, rows: 1), input: view(x, rows: 1),
      function)
    #expect(checkGradient(dx.values, at: x) { dot(forward($0, function, on: p), dy) } < 1e-3)
    let place = FloatBuffer(dy)
    p.activationBackward(
      inputGradient: place.rows(1), outputGradient: place.rows(1), input: view(x, rows: 1),
      function)
    #expect(place.values == dx.values, "in place")
  }

  @Test(arguments: CPULevel.supported, ActivationFunction.allCases)
  func gatesMultiply(level: CPULevel, function: ActivationFunction) {
    let p = Processor(level: level)
    let gated = { (x: [Float]) -> [Float] in
      let y = FloatBuffer(count: x.count / 2)
      p.gatedForward(y.rows(3), view(x, rows: 3), function)
      return y.values
    }
    let x = randomValues(66, seed: 5, bound: 3).map { abs($0) < 0.05 ? $0 + 0.2 : $0 }
    for (index, y) in gated(x).enumerated() {
      let place = index / 11 * 22 + index % 11
      let expected = exact(Double(x[place]), function) * Double(x[place + 11])
      #expect(abs(Double(y) - expected) < 4e-6)
    }
    let dy = randomValues(33, seed: 6)
    let (dx, y) = (FloatBuffer(count: 66), FloatBuffer(count: 33))
    p.gatedBackward(
      inputGradient: dx.rows(3), output: y.rows(3), outputGradient: view(dy, rows: 3),
      input: view(x, rows: 3), function)
    #expect(maxDifference(y.values, gated(x)) < 1e-6)
    #expect(checkGradient(dx.values, at: x) { dot(gated($0), dy) } < 1e-3)
  }

  @Test(arguments: CPULevel.supported)
  func extremesAreNumbers(level: CPULevel) {
    let x: [Float] = [1e30, -1e30, 200, -200, 0]
    for function in ActivationFunction.allCases where function != .gelu {
      let y = forward(x, function, on: Processor(level: level))
      #expect(y.allSatisfy { !$0.isNaN }, "\(function): \(y)")
      #expect(y[4] == 0)
    }
    #expect(forward(x, .tanh) == [1, -1, 1, -1, 0])
  }
}
