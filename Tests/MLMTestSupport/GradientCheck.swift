/// Returns how far `gradient` is from difference quotients of `loss` at `point`, as the largest
/// difference of an element over the largest element.
///
/// The quotient is the one of fourth order, (8·(f(h) − f(−h)) − (f(2h) − f(−2h)))/12h, taken in
/// double. With h = 1/32 its own error is near 1e-6 for smooth functions, and rounding of the
/// float operations inside `loss` adds about 1e-5: a correct gradient stays below 1e-3 easily, and
/// a wrong one does not.
public func checkGradient(
  _ gradient: [Float], at point: [Float], step h: Float = 1 / 32,
  loss: ([Float]) -> Double
) -> Double {
  guard gradient.count == point.count else { return .infinity }
  var largestDifference = 0.0
  var largest = 0.0
  for i in point.indices {
    func shifted(_ steps: Float) -> Double {
      var moved = point
      moved[i] += steps * h
      return loss(moved)
    }
    let near = shifted(1) - shifted(-1)
    let far = shifted(2) - shifted(-2)
    let quotient = (8 * near - far) / (12 * Double(h))
    let difference = abs(quotient - Double(gradient[i]))
    guard !difference.isNaN else { return .infinity }
    largestDifference = max(largestDifference, difference)
    largest = max(largest, abs(quotient))
  }
  // A gradient that is zero everywhere shows nothing.
  return largest > 0 ? largestDifference / largest : .infinity
}

/// Returns Σ aᵢ·bᵢ in double: the loss whose gradient by `a` is `b`.
public func dot(_ a: [Float], _ b: [Float]) -> Double {
  zip(a, b).reduce(0) { $0 + Double($1.0) * Double($1.1) }
}
