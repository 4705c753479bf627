import MLMText

/// What is wrong in a case.
package struct Finding: Error {
  /// What was expected and what was found.
  package let reason: String
}

/// Opens a damaged tokenizer.json; where it is a tokenizer all the same, uses it.
package enum TokenizerTrial {
  /// The document of the case `number`, and the generator for what is done with it.
  package static func document(
    seed: UInt64, case number: Int, from original: [UInt8]? = nil
  ) -> (document: [UInt8], random: SeededGenerator) {
    var random = SeededGenerator(seed: seed, case: number)
    guard var document = original else { return (Mutation.document(&random), random) }
    Mutation.damage(&document, &random)
    return (document, random)
  }

  /// Opens a document and uses the tokenizer that it may be.
  package static func use(
    _ document: [UInt8], _ random: inout SeededGenerator
  ) throws(Finding) -> Bool {
    let tokenizer: Tokenizer
    do throws(TokenizerError) {
      tokenizer = try Tokenizer(json: document, name: "fuzz")
    } catch {
      guard !error.reason.isEmpty else { throw Finding(reason: "expected a reason, found none") }
      return false
    }
    for _ in 0..<6 { try encode(RandomText.bytes(&random), tokenizer) }
    try input(RandomText.bytes(&random), nil, tokenizer)
    try input(RandomText.bytes(&random), RandomText.bytes(&random), tokenizer)
    try decode(&random, tokenizer)
    guard !tokenizer.json.isEmpty else {
      throw Finding(reason: "expected a document, found none")
    }
    return true
  }

  private static func encode(_ text: [UInt8], _ tokenizer: Tokenizer) throws(Finding) {
    let length = UTF8Repair.repaired(text).bytes.count
    for special in [true, false] {
      var ids: [Int32] = []
      let encoding = text.withUnsafeBufferPointer {
        tokenizer.encodeIDs(utf8: $0, addingSpecialTokens: special, into: &ids)
        return tokenizer.encode(utf8: $0, addingSpecialTokens: special)
      }
      do throws(Finding) {
        try check(encoding.ids, encoding.offsets, length, tokenizer)
      } catch {
        throw Finding(reason: "\(text): \(error.reason)")
      }
      guard tokenizer.dropsMerges || tokenizer.exceededStepLimit || ids == encoding.ids else {
        throw Finding(reason: "\(text): expected \(encoding.ids) without offsets, found \(ids)")
      }
    }
  }

  private static func check(
    _ ids: [Int32], _ offsets: [Range<Int>], _ length: Int, _ tokenizer: Tokenizer
  ) throws(Finding) {
    guard ids.count == offsets.count else {
      throw Finding(reason: "expected \(ids.count) offsets, found \(offsets.count)")
    }
    for id in ids where tokenizer.token(id) == nil {
      throw Finding(reason: "expected tokens of the vocabulary, found \(id)")
    }
    // Hugging Face counts the bytes of a suffix that falls back to bytes, and so do we.
    if tokenizer.countsAffixBytes { return }
    for range in offsets where range.upperBound > length {
      throw Finding(reason: "expected offsets in \(length) bytes, found \(range)")
    }
  }

  private static func input(
    _ first: [UInt8], _ second: [UInt8]?, _ tokenizer: Tokenizer
  ) throws(Finding) {
    do throws(TokenizerError) {
      let input = try tokenizer.input(utf8: first, second)
      let counts = [
        input.typeIDs.count, input.offsets.count, input.isSpecial.count, input.isAttended.count,
      ]
      guard counts.allSatisfy({ $0 == input.count }) else {
        throw TokenizerError(code: .malformed, reason: "lengths differ")
      }
    } catch {
      guard error.code == .invalidOptions else { throw Finding(reason: error.description) }
    }
  }

  private static func decode(
    _ random: inout SeededGenerator, _ tokenizer: Tokenizer
  ) throws(Finding) {
    let text = RandomText.bytes(&random)
    let ids = text.withUnsafeBufferPointer { tokenizer.encode(utf8: $0) }.ids
    do throws(TokenizerError) {
      _ = try tokenizer.decode(ids)
      _ = try tokenizer.decode(ids, skippingSpecialTokens: false)
    } catch {
      throw Finding(reason: error.description)
    }
    let wild = (0..<20).map { _ in Int32(random.below(tokenizer.vocabularySize + 2)) - 1 }
    _ = try? tokenizer.decode(wild)
  }
}
