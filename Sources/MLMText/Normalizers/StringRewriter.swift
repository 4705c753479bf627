/// The rewriting steps that look at the whole text or at patterns in it.
enum StringRewriter {
  /// Puts `prefix` before a text that is not empty; it came from the first character.
  static func prepend(
    _ prefix: [UInt8], _ input: UnsafeBufferPointer<UInt8>, into output: inout [UInt8],
    recording runs: inout AlignmentRecorder
  ) -> Bool {
    guard !input.isEmpty, !prefix.isEmpty else { return false }
    output.removeAll(keepingCapacity: true)
    output.reserveCapacity(input.count + prefix.count)
    runs.single(from: 0, to: 0)
    output.append(contentsOf: prefix)
    runs.copy(from: 0, to: output.count)
    output.append(contentsOf: input)
    return true
  }

  /// Removes white space at the ends.
  static func strip(
    left: Bool, right: Bool, _ input: UnsafeBufferPointer<UInt8>, into output: inout [UInt8],
    recording runs: inout AlignmentRecorder
  ) -> Bool {
    var start = 0
    while left, start < input.count, input.isWhiteSpace(at: start) {
      start = input.characterRange(at: start).upperBound
    }
    var end = input.count
    while right, end > start {
      let last = input.characterRange(at: end - 1).lowerBound
      guard input.isWhiteSpace(at: last) else { break }
      end = last
    }
    guard start > 0 || end < input.count else { return false }
    output.removeAll(keepingCapacity: true)
    runs.copy(from: start, to: 0)
    output.append(contentsOf: UnsafeBufferPointer(rebasing: input[start..<end]))
    return true
  }

  /// Writes each byte as its character of the byte-level alphabet.
  static func byteLevel(
    _ input: UnsafeBufferPointer<UInt8>, into output: inout [UInt8],
    recording runs: inout AlignmentRecorder
  ) -> Bool {
    guard !input.isEmpty else { return false }
    output.removeAll(keepingCapacity: true)
    output.reserveCapacity(2 * input.count)
    var i = 0
    while i < input.count {
      let length = UTF8Scalar.length(lead: input[i])
      runs.single(from: i, to: output.count)
      for byte in input[i..<min(i + length, input.count)] {
        UTF8Scalar.append(ByteLevelAlphabet.scalars[Int(byte)], to: &output)
      }
      i += length
    }
    return true
  }

  /// Writes `content` for every match of `pattern`; it came from the last character of the match.
  static func replace(
    _ pattern: TextPattern, by content: [UInt8], _ input: UnsafeBufferPointer<UInt8>,
    into output: inout [UInt8], recording runs: inout AlignmentRecorder
  ) -> Bool {
    var copied = 0
    var changed = false
    pattern.forEachMatch(in: input) { match in
      if !changed {
        changed = true
        output.removeAll(keepingCapacity: true)
        output.reserveCapacity(input.count + 16)
      }
      if copied < match.lowerBound {
        runs.copy(from: copied, to: output.count)
        output.append(
          contentsOf: UnsafeBufferPointer(rebasing: input[copied..<match.lowerBound]))
      }
      if !content.isEmpty {
        // An empty match at the beginning comes from nowhere.
        runs.single(from: input.lastCharacter(before: match.upperBound), to: output.count)
        output.append(contentsOf: content)
      }
      copied = match.upperBound
    }
    guard changed else { return false }
    if copied < input.count {
      runs.copy(from: copied, to: output.count)
      output.append(contentsOf: UnsafeBufferPointer(rebasing: input[copied...]))
    }
    return true
  }
}
