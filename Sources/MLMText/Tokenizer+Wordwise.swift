import CUTF8Proc

extension Tokenizer {
  /// Appends the identifiers of a text to the output of `state`, stretch by stretch; returns false,
  /// with the output as it was, where a stretch may depend on its neighbours.
  func appendWordwise(
    _ text: UnsafeBufferPointer<UInt8>, _ path: WordwisePath, _ state: inout EncoderState
  ) -> Bool {
    let first = state.output.count
    let isDone: Bool
    switch path {
    case .bert:
      appendBERT(text, &state)
      isDone = true
    case .metaspace(let mark, let spaces):
      isDone = appendMetaspace(text, mark, spaces, &state)
    }
    if !isDone { state.output.shorten(to: first) }
    return isDone
  }

  // BERT.

  private func appendBERT(_ text: UnsafeBufferPointer<UInt8>, _ state: inout EncoderState) {
    guard let base = text.baseAddress else { return }
    BERTStretch.forEach(in: base, count: text.count) { start, length in
      appendStretch(text, start..<start + length, afterSpace: false, &state) { _ in true }
    }
  }

  // Metaspace.

  private func appendMetaspace(
    _ text: UnsafeBufferPointer<UInt8>, _ mark: [UInt8], _ spaces: WordwisePath.Spaces,
    _ state: inout EncoderState
  ) -> Bool {
    let space = UInt8(ascii: " ")
    var start = 0
    // A text that begins with a space gets no other mark before it.
    while start < text.count {
      if text[start] == space {
        start += 1
        if spaces != .kept { while start < text.count, text[start] == space { start += 1 } }
      }
      let end = text.endOfStretch(from: start)
      if start < end {
        let isAlone = appendStretch(text, start..<end, afterSpace: true, &state) {
          stretch in standsAlone(text, start..<end, stretch, mark)
        }
        guard isAlone else { return false }
      } else if spaces != .dropped {
        appendLonelySpace(&state)
      }
      start = end
    }
    return true
  }

  /// Whether a stretch between spaces has the tokens that it has in a text of its own, of which
  /// `normalized` is what was cut, its mark included.
  ///
  /// It was encoded after a space. A mark of its own, or white space at its ends that other characters
  /// turned into, would meet the spaces around it, or stand for the one that a text gets at its
  /// beginning; and what belongs to one grapheme with a space is looked up together with it.
  private func standsAlone(
    _ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, _ normalized: [UInt8],
    _ mark: [UInt8]
  ) -> Bool {
    guard let base = text.baseAddress else { return false }
    let space: Int32 = 0x20
    if text[range.lowerBound] >= 0x80 {
      let (scalar, _) = UTF8Scalar.decode(base + range.lowerBound)
      guard utf8proc_grapheme_break(space, Int32(bitPattern: scalar)) else { return false }
    }
    if text[range.upperBound - 1] >= 0x80 {
      let last = text.characterRange(at: range.upperBound - 1).lowerBound
      let (scalar, _) = UTF8Scalar.decode(base + last)
      guard utf8proc_grapheme_break(Int32(bitPattern: scalar), space) else { return false }
    }
    guard normalized.starts(with: mark), normalized.count > mark.count else { return false }
    let rest = normalized.dropFirst(mark.count)
    return !rest.starts(with: mark) && !rest.reversed().starts(with: mark.reversed())
  }

  /// The tokens of a space that no stretch follows.
  private func appendLonelySpace(_ state: inout EncoderState) {
    if let ids = state.lonelySpace {
      ids.withUnsafeBufferPointer { state.output.append($0) }
      return
    }
    let first = state.output.count
    [UInt8(ascii: " ")].withUnsafeBufferPointer { appendPlain($0, startsText: true, &state) }
    state.lonelySpace = Array(state.output.elements[first...])
  }

  // Both.

  /// Appends the identifiers of a stretch, known or not; what is not known is encoded as a text of its
  /// own, after a space or not, and kept if `isAlone` says, of its text as it was cut, that this is
  /// right everywhere.
  @inline(__always) @discardableResult
  private func appendStretch(
    _ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, afterSpace: Bool,
    _ state: inout EncoderState, _ isAlone: ([UInt8]) -> Bool
  ) -> Bool {
    guard let base = text.baseAddress else { return true }
    let start = base + range.lowerBound
    let isShort = range.count <= WordCache.longestWord
    var key = WordKey(low: 0, high: 0, length: 0)
    if isShort {
      key = WordKey(start, length: range.count, readable: text.count - range.lowerBound)
      if state.stretches.append(key, hash: key.hash, start, to: &state.output) { return true }
    }
    let first = state.output.count
    appendUnknown(UnsafeBufferPointer(rebasing: text[range]), afterSpace: afterSpace, &state)
    guard isAlone(state.pieces.bytes) else { return false }
    if isShort {
      let ids = UnsafeBufferPointer(rebasing: state.output.elements[first...])
      state.stretches.insert(key, hash: key.hash, start, ids)
    }
    return true
  }

  private func appendUnknown(
    _ stretch: UnsafeBufferPointer<UInt8>, afterSpace: Bool, _ state: inout EncoderState
  ) {
    // What is too long to be remembered may well be made of words that repeat.
    let remembering = stretch.count > WordCache.longestWord
    guard afterSpace else {
      return appendPlain(stretch, startsText: true, remembering: remembering, &state)
    }
    ([UInt8(ascii: " ")] + stretch).withUnsafeBufferPointer {
      appendPlain($0, startsText: true, remembering: remembering, &state)
    }
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// The place of the next space at or after `start`, or the end.
  @inline(__always)
  fileprivate func endOfStretch(from start: Int) -> Int {
    guard let baseAddress else { return count }
    let raw = UnsafeRawPointer(baseAddress)
    let ones: UInt64 = 0x0101_0101_0101_0101
    var i = start
    while i + 8 <= count {
      // The lowest zero byte, which a space becomes, is the lowest whose high bit is set here.
      let word = raw.loadUnaligned(fromByteOffset: i, as: UInt64.self).littleEndian
      let bytes = word ^ (0x20 &* ones)
      let zeros = (bytes &- ones) & ~bytes & (0x80 &* ones)
      if zeros != 0 { return i + zeros.trailingZeroBitCount / 8 }
      i += 8
    }
    while i < count, self[i] != 0x20 { i += 1 }
    return i
  }
}
