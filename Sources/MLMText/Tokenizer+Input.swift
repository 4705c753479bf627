extension Tokenizer {
  /// Returns the tokens of a text, or of a pair of texts, as a model takes them: shortened, with
  /// special tokens, and filled up, as `truncation` and `padding` say.
  ///
  /// - Throws: `TokenizerError` with code `invalidOptions` where a text cannot be shortened as asked.
  public func input(
    _ first: String, _ second: String? = nil, addingSpecialTokens: Bool = true
  ) throws(TokenizerError) -> ModelInput {
    try input(
      utf8: Array(first.utf8), second.map { Array($0.utf8) },
      addingSpecialTokens: addingSpecialTokens)
  }

  /// Returns the tokens of a text, or of a pair of texts, given as UTF-8.
  ///
  /// Malformed sequences become U+FFFD first, and offsets then count the repaired bytes.
  public func input(
    utf8 first: [UInt8], _ second: [UInt8]? = nil, addingSpecialTokens: Bool = true
  ) throws(TokenizerError) -> ModelInput {
    var input = try unpadded(
      first, second, addingSpecialTokens: addingSpecialTokens)
    if let padding {
      input.pad(to: Self.length(padding, longest: input.count), padding)
    }
    return input
  }

  /// The number of tokens that a batch is filled up to.
  static func length(_ padding: Padding, longest: Int) -> Int {
    let length = padding.length ?? longest
    guard let multiple = padding.multiple, multiple > 0 else { return length }
    return (length + multiple - 1) / multiple * multiple
  }

  func unpadded(
    _ first: [UInt8], _ second: [UInt8]?, addingSpecialTokens: Bool
  ) throws(TokenizerError) -> ModelInput {
    let texts = [first, second].compactMap { $0 }.map { UTF8Repair.repaired($0).bytes }
    var parts = texts.enumerated().map { index, text in
      text.withUnsafeBufferPointer { ModelInput(encodePlain($0), typeID: Int32(index)) }
    }
    if let truncation {
      let added = addingSpecialTokens ? postProcessor.addedCount(isPair: parts.count == 2) : 0
      try truncation.shorten(&parts, keeping: truncation.maximumLength - added)
      try requireModestOverflow(parts, of: truncation.maximumLength)
    }
    var stretches = parts.enumerated().map { Stretch(input: $1, text: $0) }
    for step in postProcessor.steps {
      stretches = process(stretches, texts, by: step, addingSpecialTokens: addingSpecialTokens)
    }
    var result = stretches.first?.input ?? ModelInput()
    for stretch in stretches.dropFirst() { result.append(stretch.input) }
    return result
  }

  /// The most tokens that the parts of a pair may have together.
  private static let longestOverflow = 1 << 26

  /// Throws an error where two texts were cut into so many parts that each of the one with each of the
  /// other, as they are combined, would fill the memory.
  private func requireModestOverflow(
    _ parts: [ModelInput], of length: Int
  ) throws(TokenizerError) {
    guard parts.count == 2, let first = parts.first, let second = parts.last else { return }
    let (pairs, overflows) = (first.overflowing.count + 1).multipliedReportingOverflow(
      by: second.overflowing.count + 1)
    guard overflows || pairs > Self.longestOverflow / max(length, 1) else { return }
    throw TokenizerError(
      code: .invalidOptions,
      reason:
        "expected a pair of texts whose parts, each of the first with each of the second, have "
        + "at most \(Self.longestOverflow) tokens together, found \(first.overflowing.count + 1) and "
        + "\(second.overflowing.count + 1) parts of \(length) tokens")
  }

  /// A stretch of the input: a text, by its index, or special tokens between texts.
  fileprivate struct Stretch {
    var input: ModelInput
    var text: Int?
  }

  /// What a step of the post-processor makes of the stretches.
  private func process(
    _ stretches: [Stretch], _ texts: [[UInt8]], by step: PostProcessor, addingSpecialTokens: Bool
  ) -> [Stretch] {
    switch step {
    case .none, .sequence: return stretches
    case .byteLevel(let settings):
      return settings.trimsOffsets ? trimmed(stretches, texts, settings) : stretches
    case .template(let template):
      // Only the first template finds the texts themselves.
      guard stretches.count == texts.count else { return stretches }
      return (texts.count == 2 ? template.pair : template.single).compactMap { piece in
        switch piece {
        case .sequence(let isSecond, let typeID):
          guard !isSecond || stretches.count == 2 else { return nil }
          var stretch = stretches[isSecond ? 1 : 0]
          stretch.input.setTypes(Int32(typeID))
          return stretch
        case .special(_, let typeID):
          guard addingSpecialTokens else { return nil }
          return Stretch(input: ModelInput(specials: template.ids(piece), typeID: Int32(typeID)))
        }
      }
    case .bert(let start, let end):
      guard addingSpecialTokens else { return stretches }
      return stretches.enumerated().map { index, stretch in
        stretch.mapped {
          index == 0
            ? Self.surround($0, [start.id], [end.id], typeID: 0)
            : Self.surround($0, [], [end.id], typeID: 1)
        }
      }
    case .roberta(let start, let end, let trimming):
      let trimmed = trimming.trimsOffsets ? trimmed(stretches, texts, trimming) : stretches
      return trimmed.enumerated().map { index, stretch in
        var stretch = stretch
        stretch.input.setTypes(0)
        guard addingSpecialTokens else { return stretch }
        stretch = stretch.mapped {
          Self.surround($0, [index == 0 ? start.id : end.id], [end.id], typeID: 0)
        }
        for other in stretch.input.overflowing.indices {
          stretch.input.overflowing[other].setTypes(0)
        }
        return stretch
      }
    }
  }

  /// Puts tokens around others, of which none counts as special any more.
  private static func surround(
    _ middle: ModelInput, _ before: [Int32], _ after: [Int32], typeID: Int32
  ) -> ModelInput {
    var result = ModelInput(specials: before, typeID: typeID)
    var middle = middle
    middle.isSpecial = middle.ids.map { _ in false }
    result.append(middle)
    result.append(ModelInput(specials: after, typeID: typeID))
    return result
  }

  private func trimmed(
    _ stretches: [Stretch], _ texts: [[UInt8]], _ settings: ByteLevelSettings
  ) -> [Stretch] {
    stretches.map { stretch in
      guard let index = stretch.text else { return stretch }
      return stretch.mapped { input in
        var input = input
        var encoding = Encoding(ids: input.ids, offsets: input.offsets)
        texts[index].withUnsafeBufferPointer {
          OffsetTrimming.trim(
            &encoding, in: $0, vocabulary: model.vocabulary, addedTokens: addedIDs,
            addsPrefixSpace: settings.addsPrefixSpace)
        }
        input.offsets = encoding.offsets
        return input
      }
    }
  }
}

extension Tokenizer.Stretch {
  /// Changes the input and each part that was cut off.
  fileprivate func mapped(_ change: (ModelInput) -> ModelInput) -> Self {
    Self(input: input.mapped(change), text: text)
  }
}

extension ModelInput {
  /// Changes this part and each that was cut off; `change` sees them without `overflowing`.
  func mapped(_ change: (ModelInput) -> ModelInput) -> ModelInput {
    var alone = self
    alone.overflowing = []
    var result = change(alone)
    result.overflowing = overflowing.map { $0.mapped(change) }
    return result
  }
}
