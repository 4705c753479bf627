extension Tokenizer {
  /// Whether any bytes can be encoded so that `decode` gives them back: a byte-level model without
  /// normalizer.
  ///
  /// Where the tokenizer puts a space before the first word, `decode` gives that, too; white space
  /// that added tokens take and special tokens that `decode` leaves out are lost all the same.
  public var keepsBytes: Bool {
    guard model.bytePairs != nil, normalizer.steps.isEmpty, case .byteLevel = decoder else {
      return false
    }
    return true
  }

  /// Returns the tokens of any bytes and where each came from, without replacing malformed UTF-8.
  ///
  /// What is well formed is encoded as text; each run of other bytes is a word of its own. Offsets
  /// count the bytes as they are.
  ///
  /// - Throws: `TokenizerError` with code `unsupported` unless `keepsBytes`.
  public func encode(
    bytes: UnsafeBufferPointer<UInt8>, addingSpecialTokens: Bool = true
  ) throws(TokenizerError) -> Encoding {
    guard keepsBytes, let model = model.bytePairs else {
      throw TokenizerError(
        code: .unsupported,
        reason: "expected a byte-level tokenizer without normalizer to keep bytes that are not "
          + "UTF-8, found another")
    }
    if UTF8Repair.isValid(bytes) {
      return encode(utf8: bytes, addingSpecialTokens: addingSpecialTokens)
    }
    var encoding = Encoding()
    var merger = BytePairMerger(model)
    var merged = IDBuffer()
    let continuing = withoutPrefixSpace
    UTF8Repair.forEachStretch(of: bytes) { range, isValid in
      let part = UnsafeBufferPointer(rebasing: bytes[range])
      if isValid {
        let tokenizer = range.lowerBound == 0 ? self : continuing
        let text = tokenizer.encode(utf8: part, addingSpecialTokens: false)
        encoding.ids += text.ids
        encoding.offsets += text.offsets.map {
          range.lowerBound + $0.lowerBound..<range.lowerBound + $0.upperBound
        }
        return
      }
      merged.shorten(to: 0)
      merger.append(part, to: &merged)
      var place = range.lowerBound
      for id in merged.elements {
        let end = place + Int(model.byteCounts[Int(id)])
        encoding.ids.append(id)
        encoding.offsets.append(place..<end)
        place = end
      }
    }
    guard addingSpecialTokens else { return encoding }
    encoding.ids = prefix + encoding.ids + suffix
    encoding.offsets =
      prefix.map { _ in 0..<0 } + encoding.offsets + suffix.map { _ in 0..<0 }
    return encoding
  }

  /// The same tokenizer for what is not the beginning of a text.
  private var withoutPrefixSpace: Tokenizer {
    var copy = self
    copy.preTokenizer.steps = preTokenizer.steps.map { step in
      guard case .byteLevel(var settings) = step else { return step }
      settings.addsPrefixSpace = false
      return .byteLevel(settings)
    }
    copy.fastPath?.addsPrefixSpace = false
    return copy
  }
}

extension UTF8Repair {
  /// Calls `body` with each longest stretch of valid UTF-8 and each of other bytes, in order.
  static func forEachStretch(
    of bytes: UnsafeBufferPointer<UInt8>, _ body: (_ range: Range<Int>, _ isValid: Bool) -> Void
  ) {
    var malformed = 0..<0
    while let bad = firstMalformed(bytes, from: malformed.upperBound) {
      if bad.start > malformed.upperBound {
        if !malformed.isEmpty { body(malformed, false) }
        body(malformed.upperBound..<bad.start, true)
        malformed = bad.start..<bad.start
      }
      malformed = malformed.lowerBound..<bad.start + bad.length
    }
    if !malformed.isEmpty { body(malformed, false) }
    if malformed.upperBound < bytes.count { body(malformed.upperBound..<bytes.count, true) }
  }
}
