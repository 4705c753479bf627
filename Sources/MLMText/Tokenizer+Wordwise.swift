import CUTF8Proc

extension Tokenizer {
  /// Appends the identifiers of a text to the output of `state`, stretch by stretch; returns false,
  /// with the output as it was, where a stretch may depend on its neighbours.
  package func appendWordwise(
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
      appendStretch(text, start..<start + length, afterSpace: false, mark: [], &state) { _ in true }
    }
  }

  // Metaspace.

  private func appendMetaspace(
    _ text: UnsafeBufferPointer<UInt8>, _ mark: [UInt8], _ spaces: WordwisePath.Spaces,
    _ state: inout EncoderState
  ) -> Bool {
    let space = UInt8(ascii: " ")
    var start = 0
    // The stretch before, and how many tokens there were before it.
    var previous = (start: 0, tokens: state.output.count)
    // A text that begins with a space gets no other mark before it.
    while start < text.count {
      if text[start] == space {
        start += 1
        if spaces != .kept { while start < text.count, text[start] == space { start += 1 } }
      }
      var end = text.endOfStretch(from: start)
      let tokens = state.output.count
      if start < end {
        let isAlone = appendStretch(text, start..<end, afterSpace: true, mark: mark, &state) {
          stretch in
          Joints(text, start..<end, as: stretch, mark).isEmpty
        }
        if isAlone {
          previous = (start, tokens)
        } else {
          state.output.shorten(to: tokens)
          guard let next = appendJoined(text, start..<end, mark, &previous, &state) else {
            return false
          }
          end = next
        }
      } else if spaces != .dropped {
        appendLonelySpace(&state)
      }
      start = end
    }
    return true
  }

  /// Appends the tokens of a stretch together with as many neighbours as it takes until what is joined
  /// stands alone, and returns where that ends; nil if it does not come to an end.
  ///
  /// What is looked at again at least doubles each time, so that all takes a few times as long as the
  /// last, however many stretches join.
  private func appendJoined(
    _ text: UnsafeBufferPointer<UInt8>, _ stretch: Range<Int>, _ mark: [UInt8],
    _ previous: inout (start: Int, tokens: Int), _ state: inout EncoderState
  ) -> Int? {
    var (start, end) = (stretch.lowerBound, stretch.upperBound)
    var tokens = state.output.count
    var joints = Joints(text, stretch, as: state.pieces.bytes, mark)
    var reachesBack = false
    while !joints.isEmpty {
      if joints.contains(.before) {
        guard !reachesBack else { return nil }
        reachesBack = true
        (start, tokens) = previous
      }
      // Up to the end of a stretch.
      let wanted = min(end + max(end - start, 1), text.count)
      end = text.endOfStretch(from: wanted)
      state.output.shorten(to: tokens)
      // At its beginning a text is as it is; elsewhere a space is before what is joined.
      appendUnknown(
        UnsafeBufferPointer(rebasing: text[start..<end]), afterSpace: start > 0, &state)
      joints = Joints(text, start..<end, as: state.pieces.bytes, mark)
      if start == 0 { joints.remove(.before) }
      if end == text.count { joints.remove(.after) }
    }
    previous = (start, tokens)
    return end
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

  /// Appends the identifiers of a stretch, known or not.
  ///
  /// What no step changes is a word with `mark` before it. Other stretches are encoded as texts of their
  /// own, after a space or not, and kept if `isAlone` says, of the text as it was cut, that this is right
  /// everywhere.
  @inline(__always) @discardableResult
  private func appendStretch(
    _ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, afterSpace: Bool, mark: [UInt8],
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
    let stretch = UnsafeBufferPointer(rebasing: text[range])
    if state.plain.areAll(stretch, normalizer.operations, mark: mark) {
      state.append(mark, stretch)
    } else {
      appendUnknown(stretch, afterSpace: afterSpace, &state)
      guard isAlone(state.pieces.bytes) else { return false }
    }
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

/// Where a stretch between spaces may have other tokens than in a text of its own.
///
/// It was encoded after a space. A mark of its own, or white space at its ends that other characters
/// turned into, would meet the spaces around it, or stand for the one that a text gets at its
/// beginning; and what belongs to one grapheme with a space is looked up together with it.
private struct Joints: OptionSet {
  var rawValue: UInt8

  static let before = Joints(rawValue: 1)
  static let after = Joints(rawValue: 2)

  init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Looks at the stretch at `range`, of which `normalized` is what was cut, its mark included.
  init(
    _ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, as normalized: [UInt8],
    _ mark: [UInt8]
  ) {
    self = []
    guard let base = text.baseAddress else { return }
    let space: Int32 = 0x20
    let (first, _) = UTF8Scalar.decode(base + range.lowerBound)
    let lastPlace = text.characterRange(at: range.upperBound - 1).lowerBound
    let (last, _) = UTF8Scalar.decode(base + lastPlace)
    if first >= 0x80, !utf8proc_grapheme_break(space, Int32(bitPattern: first)) {
      insert(.before)
    }
    if last >= 0x80, !utf8proc_grapheme_break(Int32(bitPattern: last), space) { insert(.after) }
    guard normalized.starts(with: mark), normalized.count > mark.count else {
      insert([.before, .after])
      return
    }
    let rest = normalized.dropFirst(mark.count)
    if rest.starts(with: mark) { insert(.before) }
    if rest.reversed().starts(with: mark.reversed()) { insert(.after) }
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
