import MLMText
import Testing

/// The fast ways of encoding against the plain ones, on random text.
///
/// Plain is `encode`, whose ranges need the whole text normalized and cut as one; for byte pairs, a
/// merger that looks for the best pair as the definition says.
@Suite struct FastPathTests {
  /// Characters that meet at the borders of stretches: spaces of all kinds, marks, joiners, what
  /// turns into spaces or vanishes, punctuation, ideographs, the mark itself.
  private static let alphabet: [String] = [
    " ", " ", " ", "  ", "a", "b", "c", "ab", "The", "É", "e\u{301}", "\u{301}", "\u{308}",
    "\u{200D}", "\u{200B}", "\u{A0}", "\u{3000}", "\t", "\n", "\r", "\u{0}", "\u{AD}", "\u{600}",
    "▁", "中", "文", "\u{FA0E}", "한", "ᄀ", "ᅡ", "ﬁ", "½", "Ⅷ", "'s", "'", ",", ".", "!", "…", "“",
    "\u{37E}", "\u{387}", "ß", "Ω", "ж", "д", "и", "א", "ب", "अ", "\u{93F}", "👍", "🏽", "🇩", "1",
    "23",
  ]

  private static func text(_ generator: inout some RandomNumberGenerator) -> String {
    (0..<Int.random(in: 0...24, using: &generator)).map { _ in
      alphabet.randomElement(using: &generator) ?? ""
    }.joined()
  }

  private static let normalizers = [
    "null", #"{"type":"Lowercase"}"#,
    #"{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"strip_accents":null,"lowercase":true}"#,
    #"{"type":"BertNormalizer","clean_text":false,"handle_chinese_chars":true,"strip_accents":false,"lowercase":false}"#,
    #"{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":false,"strip_accents":true,"lowercase":false}"#,
    #"{"type":"Sequence","normalizers":[{"type":"Nmt"},{"type":"NFKC"},{"type":"Replace","pattern":{"Regex":" {2,}"},"content":" "}]}"#,
    #"{"type":"Sequence","normalizers":[{"type":"Replace","pattern":{"Regex":" {2,}"},"content":" "},{"type":"NFKD"},{"type":"StripAccents"},{"type":"Lowercase"}]}"#,
    #"{"type":"NFC"}"#,
  ]

  private static let preTokenizers = [
    #"{"type":"BertPreTokenizer"}"#,
    #"{"type":"Metaspace","replacement":"▁","prepend_scheme":"always","split":true}"#,
    #"{"type":"Sequence","pretokenizers":[{"type":"WhitespaceSplit"},{"type":"Metaspace","replacement":"▁","prepend_scheme":"always","split":true}]}"#,
    #"{"type":"Metaspace","replacement":"▁","prepend_scheme":"first","split":true}"#,
  ]

  private static let models = [
    ###"{"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##","max_input_chars_per_word":9,"vocab":{"[UNK]":0,"a":1,"b":2,"##a":3,"##b":4,"ab":5,"the":6,"The":7,"e":8,"##e":9,"中":10,"文":11,",":12,".":13,"…":14,"“":15,"ж":16,"##д":17,";":18,"'":19,"s":20}}"###,
    #"{"type":"Unigram","unk_id":0,"byte_fallback":false,"vocab":[["<unk>",0],["▁",-3.5],["a",-3],["b",-3.25],["▁a",-2.5],["ab",-3.75],["▁the",-4],["▁The",-4.125],["e",-3.5],["中",-5],["ж",-4.5],["▁ж",-5],["д",-4.5],["жд",-6],["▁▁",-6],[" ",-7],["s",-4],["1",-4.25],["fi",-6]]}"#,
  ]

  private static func tokenizer(
    _ normalizer: String, _ preTokenizer: String, _ model: String
  ) throws -> Tokenizer {
    let document = """
      {"version":"1.0","truncation":null,"padding":null,"added_tokens":[],
      "normalizer":\(normalizer),"pre_tokenizer":\(preTokenizer),"post_processor":null,
      "decoder":null,"model":\(model)}
      """
    return try Tokenizer(json: Array(document.utf8), name: "test")
  }

  @Test(arguments: [11, 12, 13])
  func stretchByStretchIsAsAWhole(seed: UInt64) throws {
    var generator = TestGenerator(state: seed)
    var wordwise = 0
    for normalizer in Self.normalizers {
      for preTokenizer in Self.preTokenizers {
        for model in Self.models {
          let tokenizer = try Self.tokenizer(normalizer, preTokenizer, model)
          guard tokenizer.wordwisePath != nil else { continue }
          wordwise += 1
          for _ in 0..<400 {
            let text = Self.text(&generator)
            // Twice: the second time stretches are known.
            for _ in 0..<2 {
              let found = tokenizer.encodeBatch([text], threads: 1)[0]
              let expected = tokenizer.encode(text).ids
              #expect(
                found == expected,
                "\(normalizer) \(preTokenizer): \(text.unicodeScalars.map { $0.value })")
              guard found == expected else { return }
            }
          }
        }
      }
    }
    // BERT's pre-tokenizer with two normalizers that space ideographs, Metaspace with five.
    #expect(wordwise == 2 * (2 + 2 * 5))
  }

  /// A long text with a few stretches that join their neighbours is not left to the plain way.
  @Test(arguments: [14, 15])
  func stretchesThatJoinAreEncodedTogether(seed: UInt64) throws {
    var generator = TestGenerator(state: seed)
    for normalizer in [Self.normalizers[0], Self.normalizers[5], Self.normalizers[7]] {
      for preTokenizer in Self.preTokenizers[1...2] {
        let tokenizer = try Self.tokenizer(normalizer, preTokenizer, Self.models[1])
        let path = try #require(tokenizer.wordwisePath)
        for _ in 0..<60 {
          let joining = Int.random(in: 1...12, using: &generator)
          let words = (0..<300).map { _ in
            Int.random(in: 0..<12, using: &generator) < joining
              ? "ab"
              : ["\u{301}a", "▁", "a▁", "\u{A0}b", "b\u{3000}", "", "\u{600}"]
                .randomElement(using: &generator) ?? ""
          }
          let text = words.joined(separator: " ")
          #expect(
            tokenizer.encodeBatch([text], threads: 1)[0] == tokenizer.encode(text).ids,
            "\(normalizer) \(preTokenizer) \(text.unicodeScalars.map { $0.value })")
        }
        let once = "\(String(repeating: "ab ", count: 50))a\u{A0} b▁ \u{301}a ab"
        let isDone = tokenizer.pool.withState { state in
          Array(once.utf8).withUnsafeBufferPointer {
            tokenizer.appendWordwise($0, path, &state)
          }
        }
        #expect(isDone)
      }
    }
  }

  /// Merges as the definition says: the best pair, the leftmost of equals, until there is none.
  private static func merged(_ word: [UInt8], _ model: BytePairModel) -> [Int32] {
    var ranks: [[Int32]: (rank: Int, result: Int32)] = [:]
    for (rank, merge) in model.merges.enumerated() {
      ranks[[merge.left, merge.right]] = (rank, merge.result)
    }
    var tokens = word.map { model.byteTokens[Int($0)] }
    while true {
      var best: (rank: Int, result: Int32, place: Int)?
      for i in tokens.indices.dropLast() {
        guard let found = ranks[[tokens[i], tokens[i + 1]]], found.rank < best?.rank ?? .max
        else { continue }
        best = (found.rank, found.result, i)
      }
      guard let best else { return tokens }
      tokens.replaceSubrange(best.place...best.place + 1, with: [best.result])
    }
  }

  /// Random merges in random order, so that a merge may come before those that it needs.
  private static func model(_ generator: inout TestGenerator) throws -> BytePairModel {
    var strings: [[UInt8]] = (UInt8.min...UInt8.max).map { [$0] }
    var pool: [[UInt8]] = Array("abc".utf8).map { [$0] }
    var merges: [([UInt8], [UInt8])] = []
    var known = Set(strings)
    while merges.count < 40 {
      guard let left = pool.randomElement(using: &generator),
        let right = pool.randomElement(using: &generator), left.count + right.count <= 9,
        known.insert(left + right).inserted
      else { continue }
      pool.append(left + right)
      strings.append(left + right)
      merges.append((left, right))
    }
    merges.shuffle(using: &generator)
    let ids = Dictionary(uniqueKeysWithValues: strings.enumerated().map { ($1, Int32($0)) })
    var missing: UInt8 = 0
    return try #require(
      BytePairModel(
        vocabulary: Vocabulary(strings.map { ByteLevelAlphabet.string(of: $0) }),
        merges: merges.map { (ids[$0] ?? 0, ids[$1] ?? 0, ids[$0 + $1] ?? 0) }, missing: &missing))
  }

  @Test(arguments: [21, 22, 23, 24])
  func wordsOfAnyLengthAreMergedAsDefined(seed: UInt64) throws {
    var generator = TestGenerator(state: seed)
    for _ in 0..<8 {
      let model = try Self.model(&generator)
      // With and without cutting long words.
      var merger = BytePairMerger(model, wholeBytes: Bool.random(using: &generator) ? 0 : 1 << 16)
      var ids = IDBuffer()
      for length in [1, 2, 3, 5, 17, 63, 64, 65, 100, 300, 900] {
        let letters = Array(length % 3 == 0 ? "a".utf8 : "abc".utf8)
        let word = (0..<length).map { _ in letters.randomElement(using: &generator) ?? 0 }
        ids.shorten(to: 0)
        word.withUnsafeBufferPointer { merger.append($0, to: &ids) }
        #expect(Array(ids.elements) == Self.merged(word, model), "\(seed) \(length)")
      }
    }
  }

  /// Each byte has the range of all that is unknown; finding it must not take longer for that.
  @Test func longRunsOfUnknownCharactersHaveTheirOffsets() throws {
    let bytes = (0..<256).map { byte -> String in
      let digits = String(byte, radix: 16, uppercase: true)
      return "[\"<0x\(byte < 16 ? "0" : "")\(digits)>\",-2]"
    }
    let tokenizer = try Self.tokenizer(
      #"{"type":"Lowercase"}"#, "null",
      #"{"type":"Unigram","unk_id":0,"byte_fallback":true,"vocab":[["?",-1],\#(bytes.joined(separator: ","))]}"#
    )
    let count = 100_000
    let encoding = tokenizer.encode(String(repeating: "É", count: count))
    #expect(encoding.ids.count == 2 * count)
    #expect(encoding.offsets.allSatisfy { $0 == 0..<2 * count })
  }

  @Test func runsOfLettersEndWhereTheyDo() {
    var generator = TestGenerator(state: 31)
    for _ in 0..<2000 {
      let bytes = (0..<30).map { _ -> UInt8 in
        Bool.random(using: &generator) || Bool.random(using: &generator)
          ? UInt8.random(in: 0x61...0x7A, using: &generator)
            & (Bool.random(using: &generator) ? 0xDF : 0xFF)
          : UInt8.random(in: .min ... .max, using: &generator)
      }
      let expected =
        bytes.firstIndex { !(0x41...0x5A).contains($0) && !(0x61...0x7A).contains($0) } ?? 30
      bytes.withUnsafeBufferPointer {
        guard let base = $0.baseAddress else { return }
        #expect(ASCIIRun.endOfLetters(base, from: 0, count: 30) == expected)
      }
    }
  }

  @Test func shortDecimalNumbersAreTheNearest() {
    var generator = TestGenerator(state: 41)
    for _ in 0..<5000 {
      let value = Float.random(in: -20...0, using: &generator)
      for text in ["\(value)", "\(Int(value * 1000))", "-0.0", "1e5", "0.1", "2E-3", "1e+2"] {
        let found = DecimalNumber.double(Array(text.utf8)[...])
        #expect(found?.bitPattern == Double(text)?.bitPattern, "\(text)")
      }
    }
  }

  /// The right sides are what tokenizers 0.23.3 writes after it has read the left ones.
  @Test(arguments: [
    ("-10.806229609762163", "-10.806229609762164"), ("-14.172666157035273", "-14.172666157035271"),
    ("-7.2182413933286265", "-7.218241393328627"), ("-7.2426152622851285", "-7.242615262285128"),
    ("-7.3579485673474325", "-7.357948567347432"), ("-2.843804470581917", "-2.843804470581917"),
  ])
  func longDecimalNumbersAreRoundedAsInTheReference(text: String, expected: String) {
    #expect(DecimalNumber.double(Array(text.utf8)[...]) == Double(expected))
  }

  @Test func longAndMalformedDecimalNumbers() {
    func read(_ text: String) -> Double? { DecimalNumber.double(Array(text.utf8)[...]) }
    #expect(read("123456789012345678901234567890") == 12_345_678_901_234_567_890 * 1e10)
    #expect(read("0.00000000000000000000000000000000001") == 1 / 1e35)
    #expect(read("1e-400") == 0 && read("0e999999999999") == 0)
    for text in ["", "-", "1e", "1e400", "1x", "e5", "1e5x", "--1"] { #expect(read(text) == nil) }
  }

  @Test func stringsOfDocumentsAreReadAsWritten() throws {
    var generator = TestGenerator(state: 51)
    let characters = Array("ab\"\\\n\u{1F}\u{7F} é中👍".unicodeScalars)
    for _ in 0..<2000 {
      let scalars = (0..<Int.random(in: 0...40, using: &generator)).map { _ in
        Int.random(in: 0..<4, using: &generator) > 0
          ? Unicode.Scalar("x") : characters.randomElement(using: &generator) ?? "x"
      }
      let string = scalars.flatMap { Array(String($0).utf8) }
      var writer = JSONWriter()
      writer.array { writer in
        for _ in 0..<3 {
          writer.element()
          writer.string(string)
        }
      }
      let document = try JSONDocument(writer.bytes, name: "test")
      #expect(document.count(JSONDocument.root) == 3)
      document.forEachElement(JSONDocument.root) { _, element in
        #expect(document.bytes(element).elementsEqual(string))
      }
    }
    let control = Array("\"abcdefghij\u{1}klmnopq\"".utf8)
    #expect(throws: TokenizerError.self) { try JSONDocument(control, name: "test") }
  }

  @Test func keysAreTheSameHoweverMuchIsReadable() {
    let bytes = Array("abcdefghijklmnopqrstuvwxyz0123456789".utf8)
    bytes.withUnsafeBufferPointer {
      guard let base = $0.baseAddress else { return }
      for length in 1...16 {
        #expect(
          WordKey(base, length: length, readable: length)
            == WordKey(base, length: length, readable: 36))
      }
    }
  }
}

/// The same numbers every time (Steele and others, "SplitMix", 2014).
struct TestGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }
}
