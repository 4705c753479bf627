#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Functions of single scores.
package enum Scores {
  /// The logistic function, 1 / (1 + e^−x).
  package static func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

  /// A smooth ramp, ln(1 + e^x).
  package static func softplus(_ x: Double) -> Double {
    x > 30 ? x : log1p(exp(x))
  }
}
