import MLMText

/// Encodes random strings with byte-level tokenizers and looks whether decoding gives them back.
package struct RoundTrip {
  /// A tokenizer for as many strings, since making one takes longer than encoding a string.
  private static let share = 500

  private let seed: UInt64
  private var block = -1
  private var tokenizer: Tokenizer?

  package init(seed: UInt64) { self.seed = seed }

  private static let normalizers: [JSONValue] = [
    .null, .null, .component("NFC"), .component("NFD"), .component("NFKC"), .component("NFKD"),
    .component("Lowercase"), .component("StripAccents"),
    .component(
      "Sequence", [("normalizers", .array([.component("NFKC"), .component("Lowercase")]))]),
  ]

  /// Runs the case `number`.
  package mutating func run(case number: Int) throws(Finding) {
    if number / Self.share != block {
      block = number / Self.share
      // Numbers below zero, so that tokenizers and strings are not made of the same.
      var random = SeededGenerator(seed: seed, case: -1 - block)
      let normalizer = random.pick(Self.normalizers)
      let document = SampleTokenizer.byteLevelDocument(&random, normalizer: normalizer)
      do throws(TokenizerError) {
        tokenizer = try Tokenizer(json: document.bytes, name: "fuzz")
      } catch {
        throw Finding(reason: error.description)
      }
    }
    guard let tokenizer else { throw Finding(reason: "expected a tokenizer, found none") }
    var random = SeededGenerator(seed: seed, case: number)
    let text = RandomText.bytes(&random)
    if tokenizer.keepsBytes { try keeps(text, tokenizer) }
    let ids = text.withUnsafeBufferPointer {
      tokenizer.encode(utf8: $0, addingSpecialTokens: false).ids
    }
    let batch = tokenizer.encodings(ofUTF8: [text], addingSpecialTokens: false, threads: 1)[0].ids
    guard ids == batch else { throw Finding(reason: "\(text): expected \(ids), found \(batch)") }
    try compare(try decoded(ids, tokenizer), with: tokenizer.normalizer.normalized(text))
  }

  /// Any bytes come back from a tokenizer without normalizer.
  private func keeps(_ bytes: [UInt8], _ tokenizer: Tokenizer) throws(Finding) {
    let encoding: Encoding
    do throws(TokenizerError) {
      encoding = try bytes.withUnsafeBufferPointer { buffer throws(TokenizerError) in
        try tokenizer.encode(bytes: buffer, addingSpecialTokens: false)
      }
    } catch {
      throw Finding(reason: error.description)
    }
    try compare(try decoded(encoding.ids, tokenizer), with: bytes)
    guard encoding.offsets.allSatisfy({ $0.upperBound <= bytes.count }) else {
      throw Finding(reason: "\(bytes): expected offsets in the text, found \(encoding.offsets)")
    }
  }

  private func decoded(_ ids: [Int32], _ tokenizer: Tokenizer) throws(Finding) -> [UInt8] {
    do throws(TokenizerError) {
      return try tokenizer.decode(ids, skippingSpecialTokens: false)
    } catch {
      throw Finding(reason: error.description)
    }
  }

  /// They are equal but for a space that the tokenizer puts first.
  private func compare(_ found: [UInt8], with expected: [UInt8]) throws(Finding) {
    if found == expected { return }
    if tokenizer?.addsPrefixSpace == true, found == [0x20] + expected { return }
    throw Finding(reason: "expected \(expected), found \(found)")
  }
}
