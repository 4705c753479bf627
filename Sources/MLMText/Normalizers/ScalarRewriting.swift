/// What becomes of one character.
enum ScalarChange {
  case keep
  case remove
  case replace(UInt32)
  /// The character with a space on either side.
  case space
}

/// Rewrites text one character at a time.
enum ScalarRewriting {
  /// Writes what `change` makes of all `input` into `output` and records where it came from; returns
  /// false, and writes nothing, if nothing changes.
  ///
  /// Printable ASCII, U+0020 to U+007E, always stays as it is and is not asked for.
  @inline(__always)
  static func apply(
    _ input: UnsafeBufferPointer<UInt8>, into output: inout [UInt8],
    recording runs: inout AlignmentRecorder, _ change: (UInt32) -> ScalarChange
  ) -> Bool {
    guard let base = input.baseAddress else { return false }
    let count = input.count
    let raw = UnsafeRawPointer(base)
    var copied = 0
    var changed = false
    var i = 0
    while i < count {
      if base[i] &- 0x20 < 0x5F {
        while i + 8 <= count,
          isPrintable(raw.loadUnaligned(fromByteOffset: i, as: UInt64.self))
        {
          i += 8
        }
        while i < count, base[i] &- 0x20 < 0x5F { i += 1 }
        continue
      }
      let (scalar, length) = UTF8Scalar.decode(base + i)
      let result = change(scalar)
      if case .keep = result {
        i += length
        continue
      }
      if !changed {
        changed = true
        output.removeAll(keepingCapacity: true)
        output.reserveCapacity(count + count / 8 + 16)
      }
      if copied < i {
        runs.copy(from: copied, to: output.count)
        output.append(contentsOf: UnsafeBufferPointer(rebasing: input[copied..<i]))
      }
      switch result {
      case .keep, .remove: break
      case .replace(let replacement):
        runs.single(from: i, to: output.count)
        UTF8Scalar.append(replacement, to: &output)
      case .space:
        runs.single(from: i, to: output.count)
        output.append(0x20)
        UTF8Scalar.append(scalar, to: &output)
        output.append(0x20)
      }
      i += length
      copied = i
    }
    guard changed else { return false }
    if copied < i {
      runs.copy(from: copied, to: output.count)
      output.append(contentsOf: UnsafeBufferPointer(rebasing: input[copied..<i]))
    }
    return true
  }

  /// Whether all eight bytes are in 0x20...0x7E.
  @inline(__always)
  private static func isPrintable(_ bytes: UInt64) -> Bool {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let high: UInt64 = 0x8080_8080_8080_8080
    // With clear high bits, adding 1 carries 0x7F into its high bit, and subtracting 0x20 borrows
    // from the high bit of what is smaller.
    return (bytes | (bytes &+ ones) | (bytes &- 0x20 &* ones)) & high == 0
  }
}
