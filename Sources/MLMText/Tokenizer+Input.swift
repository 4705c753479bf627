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
    }
    for step in postProcessor.steps {
      parts = process(parts, texts, by: step, addingSpecialTokens: addingSpecialTokens)
    }
    var result = parts[0]
    for part in parts.dropFirst() { result.append(part) }
    return result
  }

  /// What a step of the post-processor makes of the parts: the texts, and special tokens between them.
  private func process(
    _ parts: [ModelInput], _ texts: [[UInt8]], by step: PostProcessor, addingSpecialTokens: Bool
  ) -> [ModelInput] {
    switch step {
    case .none, .sequence: return parts
    case .byteLevel(let settings):
      return settings.trimsOffsets ? trimmed(parts, texts, settings) : parts
    case .template(let template):
      // Only the first template finds the texts themselves.
      guard parts.count == texts.count else { return parts }
      return (texts.count == 2 ? template.pair : template.single).compactMap { piece in
        switch piece {
        case .sequence(let isSecond, let typeID):
          guard !isSecond || parts.count == 2 else { return nil }
          var part = parts[isSecond ? 1 : 0]
          part.setTypes(Int32(typeID))
          return part
        case .special(_, let typeID):
          guard addingSpecialTokens else { return nil }
          return ModelInput(specials: template.ids(piece), typeID: Int32(typeID))
        }
      }
    case .bert(let start, let end):
      guard addingSpecialTokens else { return parts }
      return parts.enumerated().map { index, part in
        part.mapped {
          index == 0
            ? Self.surround($0, [start.id], [end.id], typeID: 0)
            : Self.surround($0, [], [end.id], typeID: 1)
        }
      }
    case .roberta(let start, let end, let trimming):
      var parts = trimming.trimsOffsets ? trimmed(parts, texts, trimming) : parts
      for index in parts.indices { parts[index].setTypes(0) }
      guard addingSpecialTokens else { return parts }
      return parts.enumerated().map { index, part in
        var part = part.mapped {
          Self.surround($0, [index == 0 ? start.id : end.id], [end.id], typeID: 0)
        }
        for other in part.overflowing.indices {
          part.overflowing[other].setTypes(0)
        }
        return part
      }
    }
  }

  private static func surround(
    _ part: ModelInput, _ before: [Int32], _ after: [Int32], typeID: Int32
  ) -> ModelInput {
    var result = ModelInput(specials: before, typeID: typeID)
    var middle = part
    middle.overflowing = []
    result.append(middle)
    result.append(ModelInput(specials: after, typeID: typeID))
    return result
  }

  private func trimmed(
    _ parts: [ModelInput], _ texts: [[UInt8]], _ settings: ByteLevelSettings
  ) -> [ModelInput] {
    guard parts.count == texts.count else { return parts }
    return zip(parts, texts).map { part, text in
      part.mapped { part in
        var part = part
        var encoding = Encoding(ids: part.ids, offsets: part.offsets)
        text.withUnsafeBufferPointer {
          OffsetTrimming.trim(
            &encoding, in: $0, vocabulary: model.vocabulary, addedTokens: addedIDs,
            addsPrefixSpace: settings.addsPrefixSpace)
        }
        part.offsets = encoding.offsets
        return part
      }
    }
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
