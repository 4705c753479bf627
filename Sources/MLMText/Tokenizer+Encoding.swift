extension Tokenizer {
  /// Returns the tokens of `text` and where each came from: of all of it, whatever `truncation` and
  /// `padding` say.
  public func encode(_ text: String, addingSpecialTokens: Bool = true) -> Encoding {
    var text = text
    return text.withUTF8 { encodeValid($0, addingSpecialTokens: addingSpecialTokens) }
  }

  /// Returns the tokens of `utf8` and where each came from.
  ///
  /// Malformed sequences become U+FFFD first, and offsets then count the repaired bytes; see
  /// `UTF8Repair`.
  public func encode(
    utf8: UnsafeBufferPointer<UInt8>, addingSpecialTokens: Bool = true
  ) -> Encoding {
    guard !UTF8Repair.isValid(utf8) else {
      return encodeValid(utf8, addingSpecialTokens: addingSpecialTokens)
    }
    return UTF8Repair.repaired(utf8).bytes.withUnsafeBufferPointer {
      encodeValid($0, addingSpecialTokens: addingSpecialTokens)
    }
  }

  /// Appends the identifiers of the tokens of `utf8`; the fast way, without offsets.
  ///
  /// Malformed sequences become U+FFFD first.
  package func encodeIDs(
    utf8: UnsafeBufferPointer<UInt8>, addingSpecialTokens: Bool, into ids: inout [Int32]
  ) {
    guard UTF8Repair.isValid(utf8) else {
      UTF8Repair.repaired(utf8).bytes.withUnsafeBufferPointer {
        encodeIDs(utf8: $0, addingSpecialTokens: addingSpecialTokens, into: &ids)
      }
      return
    }
    encodeIDs(valid: utf8, addingSpecialTokens: addingSpecialTokens, into: &ids)
  }

  /// Appends the identifiers of the tokens of valid UTF-8.
  func encodeIDs(
    valid utf8: UnsafeBufferPointer<UInt8>, addingSpecialTokens: Bool, into ids: inout [Int32]
  ) {
    if addingSpecialTokens { ids += prefix }
    pool.withState { state in
      state.output.shorten(to: 0)
      rawTokens.split(utf8) { range, added in
        if let added {
          state.output.append(added)
          return
        }
        append(
          UnsafeBufferPointer(rebasing: utf8[range]), startsText: range.lowerBound == 0, &state)
      }
      ids.append(contentsOf: state.output.elements)
    }
    if addingSpecialTokens { ids += suffix }
  }

  /// Appends the identifiers of a stretch between added tokens to the output of `state`.
  private func append(
    _ text: UnsafeBufferPointer<UInt8>, startsText: Bool, _ state: inout EncoderState
  ) {
    if let fastPath {
      if normalizer.apply(text, &state.normalizer, aligning: false) {
        let normalized = state.normalizer.bytes
        normalized.withUnsafeBufferPointer { append($0, fastPath, &state) }
      } else {
        append(text, fastPath, &state)
      }
      return
    }
    if let wordwisePath, appendWordwise(text, wordwisePath, &state) { return }
    appendPlain(text, startsText: startsText, &state)
  }

  /// Appends the identifiers of a text that is normalized and cut as a whole, which is what all
  /// other ways must equal.
  func appendPlain(
    _ text: UnsafeBufferPointer<UInt8>, startsText: Bool, remembering: Bool = true,
    _ state: inout EncoderState
  ) {
    cut(text, &state, startsText: startsText, aligning: false)
    state.appendPieces(remembering: remembering)
  }

  private func encodeValid(
    _ utf8: UnsafeBufferPointer<UInt8>, addingSpecialTokens: Bool
  ) -> Encoding {
    var encoding = encodePlain(utf8)
    trim(&encoding, in: utf8)
    guard addingSpecialTokens else { return encoding }
    let none = 0..<0
    encoding.ids = prefix + encoding.ids + suffix
    encoding.offsets =
      prefix.map { _ in none } + encoding.offsets + suffix.map { _ in none }
    return encoding
  }

  /// Takes white space out of the offsets where the post-processor does.
  func trim(_ encoding: inout Encoding, in utf8: UnsafeBufferPointer<UInt8>) {
    for settings in postProcessor.trimming {
      OffsetTrimming.trim(
        &encoding, in: utf8, vocabulary: model.vocabulary, addedTokens: addedIDs,
        addsPrefixSpace: settings.addsPrefixSpace)
    }
  }

  /// The tokens of valid UTF-8 before the post-processor.
  func encodePlain(_ utf8: UnsafeBufferPointer<UInt8>) -> Encoding {
    var encoding = Encoding()
    // About one token in four bytes, as a first guess.
    encoding.ids.reserveCapacity(utf8.count / 4 + 8)
    encoding.offsets.reserveCapacity(utf8.count / 4 + 8)
    pool.withState { state in
      rawTokens.split(utf8) { range, added in
        if let added {
          encoding.ids.append(added)
          encoding.offsets.append(range)
          return
        }
        let text = UnsafeBufferPointer(rebasing: utf8[range])
        if let fastPath {
          appendFast(text, fastPath, at: range.lowerBound, &state, to: &encoding)
        } else {
          cut(text, &state, startsText: range.lowerBound == 0, aligning: true)
          appendPieces(text, at: range.lowerBound, &state, to: &encoding)
        }
      }
    }
    return encoding
  }

  /// Appends the tokens of what was cut last, with offsets.
  private func appendPieces(
    _ text: UnsafeBufferPointer<UInt8>, at start: Int, _ state: inout EncoderState,
    to encoding: inout Encoding
  ) {
    // Tokens of a piece may all have the same long range: each end has a cursor that only moves on.
    var pieceStarts = AlignmentCursor(state.pieces.alignment)
    var starts = pieceStarts
    var ends = pieceStarts
    state.forEachToken { id, range, isExact, piece in
      encoding.ids.append(id)
      guard isExact else {
        let base = text.originRange(pieceStarts.origin(of: piece.start)).lowerBound
        let isShifted = range.isEmpty
        let shift = isShifted ? start + base : 0
        encoding.offsets.append(range.lowerBound + shift..<range.upperBound + shift)
        return
      }
      let lower = text.originRange(starts.origin(of: range.lowerBound)).lowerBound
      let upper = max(
        text.originRange(ends.origin(of: range.upperBound - 1)).upperBound, lower)
      encoding.offsets.append(start + lower..<start + upper)
    }
  }

  /// Normalizes a stretch between added tokens and cuts it into the pieces of `state`.
  private func cut(
    _ text: UnsafeBufferPointer<UInt8>, _ state: inout EncoderState, startsText: Bool,
    aligning: Bool
  ) {
    // Where a text may get a prefix at its very beginning only, its origin counts.
    let aligns = aligning || startsText && preTokenizer.needsOrigins
    if normalizer.apply(text, &state.normalizer, aligning: aligns) {
      let normalized = state.normalizer.bytes
      let alignment = state.normalizer.alignment
      normalized.withUnsafeBufferPointer {
        cut(normalized: $0, aligns ? alignment : nil, &state, startsText: startsText)
      }
    } else {
      cut(normalized: text, aligns ? Alignment() : nil, &state, startsText: startsText)
    }
  }

  private func cut(
    normalized: UnsafeBufferPointer<UInt8>, _ alignment: Alignment?,
    _ state: inout EncoderState, startsText: Bool
  ) {
    state.pieces.begin(
      normalized,
      pieces: { pieces in
        normalizedTokens.split(normalized) { range, added in
          pieces.append(
            Piece(start: range.lowerBound, end: range.upperBound, added: added ?? -1))
        }
      }, alignment: alignment)
    for step in preTokenizer.steps {
      state.pieces.apply(step, startsText: startsText)
      if case .byteLevel = step, model.bytePairs == nil { state.pieces.spellBytes() }
    }
  }

  private func append(
    _ normalized: UnsafeBufferPointer<UInt8>, _ fastPath: FastPath, _ state: inout EncoderState
  ) {
    guard !normalized.isEmpty else { return }
    state.append(
      normalized, afterSpace: needsSpace(normalized, fastPath), pattern: fastPath.pattern)
  }

  private func needsSpace(
    _ normalized: UnsafeBufferPointer<UInt8>, _ fastPath: FastPath
  ) -> Bool {
    fastPath.addsPrefixSpace && normalized.first != UInt8(ascii: " ")
  }

  private func appendFast(
    _ text: UnsafeBufferPointer<UInt8>, _ fastPath: FastPath, at start: Int,
    _ state: inout EncoderState, to encoding: inout Encoding
  ) {
    let first = encoding.ids.count
    state.output.shorten(to: 0)
    if normalizer.apply(text, &state.normalizer, aligning: true) {
      let normalized = state.normalizer.bytes
      let alignment = state.normalizer.alignment
      normalized.withUnsafeBufferPointer { normalized in
        append(normalized, fastPath, &state)
        encoding.ids.append(contentsOf: state.output.elements)
        appendOffsets(
          &encoding, from: first, shift: needsSpace(normalized, fastPath) ? 1 : 0, alignment,
          in: text, startingAt: start)
      }
    } else {
      append(text, fastPath, &state)
      encoding.ids.append(contentsOf: state.output.elements)
      appendOffsets(
        &encoding, from: first, shift: needsSpace(text, fastPath) ? 1 : 0, Alignment(), in: text,
        startingAt: start)
    }
  }

  /// Adds the offsets of the tokens from `first` on, which stand for all of a normalized text.
  ///
  /// An inserted space, for which `shift` is 1, came from the first character.
  private func appendOffsets(
    _ encoding: inout Encoding, from first: Int, shift: Int, _ alignment: Alignment,
    in original: UnsafeBufferPointer<UInt8>, startingAt start: Int
  ) {
    guard let byteCounts = model.bytePairs?.byteCounts else { return }
    var cursor = AlignmentCursor(alignment)
    var position = 0
    for i in first..<encoding.ids.count {
      let end = position + Int(byteCounts[Int(encoding.ids[i])])
      let low = cursor.origin(of: max(position - shift, 0))
      let high = cursor.origin(of: max(end - 1 - shift, 0))
      let lower = original.originRange(low).lowerBound
      let upper = max(original.originRange(high).upperBound, lower)
      encoding.offsets.append(start + lower..<start + upper)
      position = end
    }
  }
}

extension PreTokenizer {
  /// Whether a step asks where in the original text a piece begins.
  var needsOrigins: Bool {
    steps.contains {
      if case .metaspace(let metaspace) = $0 { metaspace.prepending == .first } else { false }
    }
  }
}
