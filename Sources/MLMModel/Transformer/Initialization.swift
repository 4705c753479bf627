import MLMNumerics

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

extension Parameters {
  /// Draws initial weights as the layout says.
  ///
  /// Each number is a function of (seed, slot, place in the slot) alone. Where `only` is given, the
  /// other slots keep their values: that is how a new head is put on a trained model.
  package func initialize(seed: UInt64, only names: Set<String>? = nil) {
    let random = RandomStream(seed: seed, stream: 0)
    for (index, slot) in layout.slots.enumerated() where names?.contains(slot.name) ?? true {
      let values = values(index)
      switch slot.initialization {
      case .ones: values.update(repeating: 1)
      case .zeros: values.update(repeating: 0)
      case .truncatedNormal(let deviation):
        for place in 0..<slot.count {
          let uniform = random.uniform(step: UInt64(index), position: UInt64(place))
          values[place] = deviation * truncatedNormal(uniform)
        }
      }
    }
  }

  /// A standard normal number cut off at ±2, by inverting its distribution at `uniform` in [0, 1).
  private func truncatedNormal(_ uniform: Double) -> Float {
    // Φ(−2) and Φ(2): the share of a normal distribution below each cut.
    let low = 0.022750131948179195
    let high = 1 - low
    return Float(inverseNormalDistribution(low + (high - low) * uniform))
  }

  /// Φ⁻¹(p), by Newton's method on Φ(x) = erfc(−x/√2)/2, which converges in a few steps within ±2.
  private func inverseNormalDistribution(_ p: Double) -> Double {
    var x = 0.0
    for _ in 0..<8 {
      let error = 0.5 * erfc(-x / 2.0.squareRoot()) - p
      let density = exp(-0.5 * x * x) / (2 * Double.pi).squareRoot()
      let step = error / density
      x -= max(-1, min(1, step))
      if abs(step) < 1e-12 { break }
    }
    return max(-2, min(2, x))
  }
}
