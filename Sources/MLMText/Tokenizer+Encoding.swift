extension Tokenizer {
  /// Returns the tokens of `text` and where each came from.
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

  /// Appends the identifiers of the tokens of `utf8`; the fast path, without offsets.
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
    if addingSpecialTokens { ids += prefix }
    pool.withState { state in
      addedTokens.split(utf8) { range, added in
        if let added {
          ids.append(added)
          return
        }
        let text = UnsafeBufferPointer(rebasing: utf8[range])
        if normalizer.apply(text, &state.normalizer, aligning: false) {
          let normalized = state.normalizer.bytes
          normalized.withUnsafeBufferPointer { append($0, &state, to: &ids) }
        } else {
          append(text, &state, to: &ids)
        }
      }
    }
    if addingSpecialTokens { ids += suffix }
  }

  private func encodeValid(
    _ utf8: UnsafeBufferPointer<UInt8>, addingSpecialTokens: Bool
  ) -> Encoding {
    var encoding = Encoding()
    // About one token in four bytes, as a first guess.
    encoding.ids.reserveCapacity(utf8.count / 4 + 8)
    encoding.offsets.reserveCapacity(utf8.count / 4 + 8)
    pool.withState { state in
      addedTokens.split(utf8) { range, added in
        if let added {
          encoding.ids.append(added)
          encoding.offsets.append(range)
          return
        }
        let text = UnsafeBufferPointer(rebasing: utf8[range])
        let first = encoding.ids.count
        if normalizer.apply(text, &state.normalizer, aligning: true) {
          let normalized = state.normalizer.bytes
          let alignment = state.normalizer.alignment
          normalized.withUnsafeBufferPointer { normalized in
            append(normalized, &state, to: &encoding.ids)
            appendOffsets(
              &encoding, from: first, of: normalized, alignment, in: text,
              startingAt: range.lowerBound)
          }
        } else {
          append(text, &state, to: &encoding.ids)
          appendOffsets(
            &encoding, from: first, of: text, Alignment(), in: text,
            startingAt: range.lowerBound)
        }
      }
    }
    if case .byteLevel(let settings) = postProcessor, settings.trimsOffsets {
      OffsetTrimming.trim(
        &encoding, in: utf8, vocabulary: model.vocabulary, addedTokens: addedTokens,
        addsPrefixSpace: settings.addsPrefixSpace)
    }
    guard addingSpecialTokens else { return encoding }
    let none = 0..<0
    encoding.ids = prefix + encoding.ids + suffix
    encoding.offsets =
      prefix.map { _ in none } + encoding.offsets + suffix.map { _ in none }
    return encoding
  }

  private func append(
    _ normalized: UnsafeBufferPointer<UInt8>, _ state: inout EncoderState, to ids: inout [Int32]
  ) {
    guard !normalized.isEmpty else { return }
    state.append(
      normalized, afterSpace: needsSpace(normalized), splitsWords: preTokenizer.splitsWords,
      to: &ids)
  }

  private func needsSpace(_ normalized: UnsafeBufferPointer<UInt8>) -> Bool {
    preTokenizer.addsPrefixSpace && normalized.first != UInt8(ascii: " ")
  }

  /// Adds the offsets of the tokens from `first` on, which stand for all of `normalized`.
  private func appendOffsets(
    _ encoding: inout Encoding, from first: Int, of normalized: UnsafeBufferPointer<UInt8>,
    _ alignment: Alignment, in original: UnsafeBufferPointer<UInt8>, startingAt start: Int
  ) {
    var cursor = AlignmentCursor(alignment)
    // An inserted space came from the first character.
    let shift = needsSpace(normalized) ? 1 : 0
    var position = 0
    for i in first..<encoding.ids.count {
      let end = position + Int(model.byteCounts[Int(encoding.ids[i])])
      let low = cursor.origin(of: max(position - shift, 0))
      let high = cursor.origin(of: max(end - 1 - shift, 0))
      let lower = original.characterRange(at: low).lowerBound
      let upper = max(original.characterRange(at: high).upperBound, lower)
      encoding.offsets.append(start + lower..<start + upper)
      position = end
    }
  }
}
