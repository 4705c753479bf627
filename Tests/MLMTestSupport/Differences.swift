/// Returns the largest absolute difference of elements; infinite where counts differ or a value is
/// not a number.
public func maxDifference(_ a: [Float], _ b: [Float]) -> Double {
  guard a.count == b.count else { return .infinity }
  var largest = 0.0
  for (x, y) in zip(a, b) where x.bitPattern != y.bitPattern {
    let difference = abs(Double(x) - Double(y))
    guard !difference.isNaN else { return .infinity }
    largest = max(largest, difference)
  }
  return largest
}

/// Returns the largest absolute difference of elements over the largest size of an element of `b`.
public func relativeDifference(_ a: [Float], _ b: [Float]) -> Double {
  let scale = b.reduce(0) { max($0, abs(Double($1))) }
  return maxDifference(a, b) / max(scale, .leastNormalMagnitude)
}
