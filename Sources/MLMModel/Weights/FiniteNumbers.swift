import MLMNumerics

/// Looks for numbers that are none, or infinite.
package enum FiniteNumbers {
  /// Whether all numbers of a matrix are finite.
  package static func areAll(in matrix: Matrix) -> Bool {
    (0..<matrix.rows).allSatisfy {
      areAll(in: UnsafeMutableBufferPointer(start: matrix.row($0), count: matrix.columns))
    }
  }

  /// Whether all numbers are finite.
  ///
  /// Without their signs, the bits of such numbers are at least those of infinity and those of all
  /// others below; the largest bits are found sixteen at a time.
  static func areAll(in values: UnsafeMutableBufferPointer<Float>) -> Bool {
    typealias Lanes = SIMD16<Int32>
    let bytes = UnsafeRawBufferPointer(values)
    let magnitude = Lanes(repeating: .max)
    var largest = Lanes()
    var place = 0
    while place + MemoryLayout<Lanes>.size <= bytes.count {
      let bits = bytes.loadUnaligned(fromByteOffset: place, as: Lanes.self) & magnitude
      largest.replace(with: bits, where: bits .> largest)
      place += MemoryLayout<Lanes>.size
    }
    let rest = values[(place / MemoryLayout<Float>.size)...]
    return largest.max() < Int32(bitPattern: Float.infinity.bitPattern)
      && rest.allSatisfy(\.isFinite)
  }
}
