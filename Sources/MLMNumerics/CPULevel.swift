import CMLMKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A set of CPU instructions the kernels are compiled for.
package enum CPULevel: Int, CaseIterable, Comparable, Sendable {
  /// What every CPU of the architecture has.
  case portable
  /// x86-64-v3: AVX2 and FMA.
  case v3
  /// x86-64-v4: AVX-512.
  case v4
  /// AVX-512, and matrix tiles for products of bf16.
  case amx

  /// The levels this CPU and operating system can run, lowest first.
  package static let supported: [CPULevel] = allCases.filter { level in
    level == .amx
      ? mlm_highest_level() >= MLM_LEVEL_V4 && MatrixTiles.areUsable
      : level.rawValue <= Int(mlm_highest_level())
  }

  /// Returns the highest supported level that is not above `cap`.
  ///
  /// - Parameter cap: `portable`, `v3`, `v4` or `amx`, as in the environment variable
  ///   `MLM_CPU_LEVEL`; nil and unknown names cap nothing.
  package static func detect(environment cap: String? = environmentCap) -> CPULevel {
    let highest = supported.last ?? .portable
    return min(highest, cap.flatMap(named) ?? highest)
  }

  /// The value of `MLM_CPU_LEVEL`, nil where it is unset or empty.
  package static var environmentCap: String? {
    getenv("MLM_CPU_LEVEL").map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// Returns the level called `name`.
  static func named(_ name: String) -> CPULevel? { allCases.first { "\($0)" == name } }

  package static func < (a: CPULevel, b: CPULevel) -> Bool { a.rawValue < b.rawValue }
}
