import MLMText
import Testing

@Suite struct TokenizerFileTests {
  let reference: TokenizerReference

  init() throws { reference = try #require(TokenizerReference.shared) }

  private func error(_ json: [UInt8]) -> TokenizerError? {
    do throws(TokenizerError) {
      _ = try Tokenizer(json: json, name: "file.json")
      return nil
    } catch {
      return error
    }
  }

  private func error(_ json: String) -> TokenizerError? { error(Array(json.utf8)) }

  /// The error after replacing the first occurrence of `old` in the reference document.
  private func error(replacing old: String, with new: String) throws -> TokenizerError? {
    try #require(reference.tokenizer.contains(old), "\(old)")
    return error(reference.tokenizer.replacing(old, with: new, maxReplacements: 1))
  }

  @Test(arguments: [
    ("", "byte 0", "expected a value, found the end of the document"),
    ("{", "byte 1", "expected a name in quotation marks, found the end of the document"),
    ("[1,]", "byte 3", "expected a value, found \"]\""),
    ("{\"a\" 1}", "byte 5", "expected \":\", found \"1\""),
    ("{\"a\":1 \"b\"}", "byte 7", "expected \",\" or \"}\", found \"\"\""),
    ("nul", "byte 0", "expected a value, found \"n\""),
    (
      "\"abc", "byte 4",
      "expected the end of the string that begins at byte 0, found the end of the document"
    ),
    ("\"\\q\"", "byte 2", "expected an escape, found \"q\""),
    ("\"\\u12g4\"", "byte 5", "expected four hexadecimal digits, found \"g\""),
    ("\"\\ud800x\"", "byte 7", "expected the second half of a surrogate pair, found \"x\""),
    (
      "\"\\udc00\"", "byte 7",
      "expected the first half of a surrogate pair before this, found \"\"\""
    ),
    ("\"a\nb\"", "byte 2", "expected an escaped control character, found byte 0xa"),
    ("01", "byte 1", "expected the end of the document, found \"1\""),
    ("1.", "byte 2", "expected a digit, found the end of the document"),
    ("-", "byte 1", "expected a digit, found the end of the document"),
    ("{} x", "byte 3", "expected the end of the document, found \"x\""),
  ])
  func syntaxErrorsHaveTheirPlace(_ json: String, _ place: String, _ reason: String) {
    let found = error(json)
    #expect(found?.code == .malformed)
    #expect(found?.description == "file.json: \(place): \(reason)")
  }

  @Test func depthHasALimit() {
    let deep = String(repeating: "[", count: 100_000)
    #expect(error(deep)?.reason.contains("levels of nesting") == true)
    #expect(error([0x22, 0xFF, 0x22])?.reason == "expected UTF-8, found other bytes")
  }

  @Test func componentsThatAreNotSupportedAreNamed() throws {
    for (old, new, place) in [
      ("\"NFKC\"", "\"Romanize\"", "normalizer.type"),
      ("\"ByteLevel\"", "\"Sentences\"", "pre_tokenizer.type"),
      ("\"TemplateProcessing\"", "\"SentenceProcessing\"", "post_processor.type"),
      ("\"BPE\"", "\"Syllables\"", "model.type"),
      ("\"version\": \"1.0\"", "\"version\": \"2.0\"", "version"),
      ("\"version\": \"1.0\"", "\"version\": \"1.0\", \"extra\": 1", "extra"),
      ("\"use_regex\": true", "\"use_regex\": true, \"more\": 1", "pre_tokenizer.more"),
    ] {
      let found = try error(replacing: old, with: new)
      #expect(found?.code == .unsupported, "\(new)")
      #expect(found?.place == place, "\(new)")
      #expect(found?.file == "file.json")
    }
    let decoder = try error(reference.document(["decoder": #"{"type":"Spoken"}"#]))
    #expect(decoder?.place == "decoder.type")
    #expect(decoder?.reason.hasSuffix("found \"Spoken\"") == true)
    let sequence = #"{"type":"Sequence","normalizers":[{"type":"NFC"},{"type":"Squeeze"}]}"#
    let step = try error(reference.document(["normalizer": sequence]))
    #expect(step?.place == "normalizer.normalizers[1].type")
    #expect(step?.reason.hasSuffix("found \"Squeeze\"") == true)
  }

  @Test func wrongContentsHaveTheirPlace() throws {
    for (old, new, place) in [
      ("\"id\": 0", "\"id\": -1", "added_tokens[0].id"),
      ("\"id\": 0", "\"id\": 1e3", "added_tokens[0].id"),
      ("\"id\": 0", "\"id\": 7", "added_tokens[0].id"),
      ("\"id\": 0", "\"id\": 2000000000", "added_tokens[0].id"),
      ("\"content\": \"[PAD]\"", "\"content\": 5", "added_tokens[0].content"),
      ("\"content\": \"[PAD]\"", "\"content\": \"\"", "added_tokens[0].content"),
      ("\"lstrip\": false", "\"lstrip\": 0", "added_tokens[0].lstrip"),
      ("\"special\": true", "\"special\": true, \"special\": true", "added_tokens[0].special"),
      ("\"\\\"\": 6", "\"\\\"\": 5", "model.vocab.\""),
      ("\"\\\"\": 6", "\"\\\"\": 600000", "model.vocab.\""),
      ("\"\\\"\": 6", "\"\\\"\": null", "model.vocab.\""),
      ("\"merges\": [", "\"merges\": [1,", "model.merges[0]"),
      ("\"merges\": [", "\"merges\": [[\"a\"],", "model.merges[0]"),
      ("\"merges\": [", "\"merges\": [[\"a\", 1],", "model.merges[0][1]"),
      ("\"merges\": [", "\"merges\": [\"a b c\",", "model.merges[0]"),
      ("\"merges\": [", "\"merges\": [[\"q\", \"q\"],", "model.merges[0]"),
      ("\"merges\": [", "\"merges\": {}, \"x\": [", "model.x"),
      ("\"id\": \"A\"", "\"id\": \"C\"", "post_processor.single[1].id"),
      ("\"id\": \"A\"", "\"id\": \"B\"", "post_processor.single"),
      ("\"Sequence\"", "\"Other\"", "post_processor.single[1].Other"),
      ("\"id\": \"[CLS]\"", "\"id\": \"[XYZ]\"", "post_processor.special_tokens"),
    ] {
      let found = try error(replacing: old, with: new)
      #expect(found?.place == place, "\(new): \(found?.description ?? "no error")")
    }
    for (old, new, place) in [
      ("\"dropout\": null", "\"dropout\": 1.5", "model.dropout"),
      ("\"dropout\": null", "\"dropout\": \"\"", "model.dropout"),
      ("\"unk_token\": null", "\"unk_token\": 3", "model.unk_token"),
      ("\"truncation\": null", "\"truncation\": {}", "truncation"),
      ("\"padding\": null", "\"padding\": {\"strategy\": \"Widest\"}", "padding.strategy"),
      ("\"NFKC\"", "\"Strip\", \"strip_left\": 1", "normalizer.strip_left"),
      ("\"NFKC\"", "\"Replace\", \"content\": \"\"", "normalizer"),
    ] {
      let found = try error(replacing: old, with: new)
      #expect(found?.place == place, "\(new): \(found?.description ?? "no error")")
    }
    for name in ["model", "pre_tokenizer", "decoder"] {
      let found = try error(replacing: "\n  \"\(name)\":", with: "\n  \"\(name)2\":")
      #expect(found != nil)
    }
  }

  @Test func aByteThatIsMissingIsLeftOut() throws {
    // As in Hugging Face tokenizers, where the model has no unknown token.
    let json = reference.tokenizer.replacing("      \"!\": 5,\n", with: "")
    let tokenizer = try Tokenizer(json: Array(json.utf8), name: "")
    #expect(tokenizer.id(ofToken: "!".utf8) == nil)
    #expect(tokenizer.encode("a!").ids == tokenizer.encode("a").ids)
  }

  @Test func aMissingSpecialTokenIsNamedAndCanBeGiven() throws {
    let json = reference.tokenizer.replacing("[MASK]", with: "[HOLE]")
    #expect(try Tokenizer(json: Array(json.utf8), name: "").maskID == -1)
    let found = #expect(throws: TokenizerError.self) {
      try Tokenizer(json: Array(json.utf8), name: "", specialTokens: SpecialTokens())
    }
    #expect(found?.reason == "expected a mask token \"[MASK]\", found none")
    let tokenizer = try Tokenizer(
      json: Array(json.utf8), name: "", specialTokens: SpecialTokens(mask: "[HOLE]"))
    #expect(tokenizer.maskID == 4)
  }

  @Test func harmlessVariantsAreRead() throws {
    let expected = try Tokenizer(json: Array(reference.tokenizer.utf8), name: "").json
    // Merges as strings, as written before tokenizers 0.20, and everything on few lines.
    var legacy = ""
    var rest = reference.tokenizer[...]
    while let start = rest.firstRange(of: "      [\n"), let end = rest.firstRange(of: "\n      ]") {
      legacy += rest[..<start.lowerBound]
      let parts = rest[start.upperBound..<end.lowerBound].split(separator: ",\n")
      let tokens = parts.map { $0.drop { $0 == " " }.dropFirst().dropLast() }
      if tokens.count == 2 { legacy += "\"\(tokens[0]) \(tokens[1])\"" }
      rest = rest[end.upperBound...]
    }
    legacy += rest
    #expect(legacy.count < reference.tokenizer.count)
    #expect(try Tokenizer(json: Array(legacy.utf8), name: "").json == expected)
    // Members that older files do not have, and another order.
    let older = reference.tokenizer.replacing("    \"byte_fallback\": false,\n", with: "")
      .replacing("    \"ignore_merges\": false,\n", with: "")
      .replacing(",\n    \"use_regex\": true", with: "")
      .replacing("\"dropout\": null", with: "\"dropout\": 0.0")
      .replacing("\"Ġ\"", with: "\"\\u0120\"")
    #expect(try Tokenizer(json: Array(older.utf8), name: "").json == expected)
  }

  @Test func mutatedDocumentsAreReadOrRefused() throws {
    var generator = SeededGenerator(20_240_608)
    let original = Array(reference.tokenizer.utf8)
    // A merge is four lines; without one of them the document is still a tokenizer.
    let merge = Array("      [\n".utf8)
    let starts = original.indices.filter { original[$0...].starts(with: merge) }.dropLast()
    var refused = 0
    var read = 0
    for _ in 0..<1_500 {
      var bytes = original
      switch Int.random(in: 0..<5, using: &generator) {
      case 0: bytes.removeLast(Int.random(in: 1..<bytes.count, using: &generator))
      case 1:
        for _ in 0..<Int.random(in: 1..<4, using: &generator) {
          let place = Int.random(in: 0..<bytes.count, using: &generator)
          bytes[place] = UInt8.random(in: 0...255, using: &generator)
        }
      case 2:
        // Digits change into digits: the document stays JSON.
        let places = bytes.indices.filter { bytes[$0] &- 0x30 < 10 }
        let place = places[Int.random(in: 0..<places.count, using: &generator)]
        bytes[place] = UInt8.random(in: 0x30..<0x3A, using: &generator)
      case 3:
        let start = starts[Int.random(in: 0..<starts.count, using: &generator)]
        let end = bytes[start...].firstIndex(of: UInt8(ascii: "]")) ?? start
        bytes.removeSubrange(start..<min(end + 3, bytes.count))
      default:
        let start = Int.random(in: 0..<bytes.count, using: &generator)
        let end = Int.random(in: start..<min(start + 200, bytes.count), using: &generator)
        let part = bytes[start..<end]
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        bytes.insert(contentsOf: part, at: place)
      }
      if let tokenizer = try? Tokenizer(json: bytes, name: "mutated") {
        read += 1
        let encoding = tokenizer.encode("The [MASK] harbour 12 é ﬁ")
        _ = try? tokenizer.decode(encoding.ids)
        #expect(
          try Tokenizer(json: tokenizer.json, name: "", specialTokens: tokenizer.specialTokens).json
            == tokenizer.json)
      } else {
        refused += 1
      }
    }
    #expect(refused > 500 && read > 50, "\(refused) refused, \(read) read")
  }
}
