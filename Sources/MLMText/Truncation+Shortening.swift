extension Truncation {
  /// Shortens one text or two so that they have `length` tokens together.
  func shorten(_ parts: inout [ModelInput], keeping length: Int) throws(TokenizerError) {
    guard length >= 0 else {
      throw TokenizerError(
        code: .invalidOptions,
        reason: "expected a maximum length with room for the special tokens, found \(maximumLength)"
      )
    }
    let total = parts.reduce(0) { $0 + $1.count }
    if length == 0 {
      for index in parts.indices { parts[index].truncate(to: 0, stride: stride, side: side) }
      return
    }
    guard total > length else { return }
    if strategy == .longestFirst {
      let lengths = parts.count == 1 ? [length] : lengths(parts[0].count, parts[1].count, length)
      for index in parts.indices { try shorten(&parts[index], to: lengths[index]) }
      return
    }
    guard strategy == .onlyFirst || parts.count == 2 else {
      throw TokenizerError(
        code: .invalidOptions,
        reason: "expected a pair of texts to truncate the second, found one text")
    }
    let target = strategy == .onlyFirst ? 0 : 1
    let rest = parts[target].count - (total - length)
    guard rest > 0 else {
      throw TokenizerError(
        code: .invalidOptions,
        reason: "expected a text that can be cut to \(length) tokens with the other, "
          + "found one of \(parts[target].count)")
    }
    try shorten(&parts[target], to: rest)
  }

  /// How much of each of two texts stays: the shorter whole, if that is half or less.
  private func lengths(_ first: Int, _ second: Int, _ length: Int) -> [Int] {
    var short = min(first, second)
    var long = short > length ? short : max(short, length - short)
    if short + long > length {
      short = length / 2
      long = short + length % 2
    }
    return first > second ? [long, short] : [short, long]
  }

  private func shorten(_ part: inout ModelInput, to length: Int) throws(TokenizerError) {
    guard length == 0 || length >= part.count || stride < length else {
      throw TokenizerError(
        code: .invalidOptions,
        reason: "expected a stride below the \(length) tokens that are kept of a text, "
          + "found \(stride)")
    }
    part.truncate(to: length, stride: stride, side: side)
  }
}
