import MLMText
import Testing

/// Merging by tables, by parts and in few tokens, against the definition.
@Suite struct MergeTests {
  private static func merges(
    _ count: Int, of tokenCount: Int, _ generator: inout TestGenerator
  ) -> [BytePairModel.Merge] {
    (0..<count).map { _ in
      let pair = (0..<2).map { _ in Int32.random(in: 0..<Int32(tokenCount), using: &generator) }
      return (pair[0], pair[1], Int32.random(in: 0..<Int32(tokenCount), using: &generator))
    }
  }

  /// Few pairs among many tokens, nearly all pairs of a few, and more tokens than fit in an entry.
  @Test(arguments: [
    (0, 4), (1, 1), (3, 2), (2000, 50), (3000, 60), (5000, 1 << 20), (300, 1 << 30),
  ])
  func aTableAnswersAsADictionary(count: Int, tokenCount: Int) {
    var generator = TestGenerator(state: UInt64(count))
    let merges = Self.merges(count, of: tokenCount, &generator)
    let table = MergeTable(merges, tokenCount: tokenCount)
    var expected: [[Int32]: (rank: Int, result: Int32)] = [:]
    for (rank, merge) in merges.enumerated() {
      expected[[merge.left, merge.right]] = (rank, merge.result)
    }
    let asked =
      merges + Self.merges(5000, of: tokenCount, &generator)
      + merges.map { ($0.right, $0.left, 0) }
    for pair in asked {
      let rank = table.rank(pair.left, pair.right)
      let answer = table.answer(pair.left, pair.right)
      if let merge = expected[[pair.left, pair.right]] {
        #expect(rank == UInt32(merge.rank) && table.result(rank) == merge.result)
        #expect(answer == UInt64(merge.rank) << 32 | UInt64(merge.result))
      } else {
        #expect(rank == MergeTable.noRank && answer == MergeTable.none)
      }
    }
  }

  private struct Token: Equatable {
    var id: Int32
    var start: Int
    var end: Int
  }

  /// Merges the characters of a text as the definition says.
  private static func merged(_ text: String, _ model: CharacterPairModel) -> [Token] {
    var ranks: [[Int32]: (rank: Int, result: Int32)] = [:]
    for (rank, merge) in model.merges.enumerated() {
      ranks[[merge.left, merge.right]] = (rank, merge.result)
    }
    var tokens: [Token] = []
    var place = 0
    for scalar in text.unicodeScalars {
      let bytes = Array(String(scalar).utf8)
      if let id = model.vocabulary.id(of: bytes) {
        tokens.append(Token(id: Int32(id), start: place, end: place + bytes.count))
      } else {
        for (i, byte) in bytes.enumerated() {
          let id = model.byteIDs[Int(byte)]
          tokens.append(Token(id: id, start: place + i, end: place + i + 1))
        }
      }
      place += bytes.count
    }
    while true {
      var best: (rank: Int, result: Int32, place: Int)?
      for i in tokens.indices.dropLast() {
        guard let found = ranks[[tokens[i].id, tokens[i + 1].id]], found.rank < best?.rank ?? .max
        else { continue }
        best = (found.rank, found.result, i)
      }
      guard let best else { return tokens }
      let merged = Token(
        id: best.result, start: tokens[best.place].start, end: tokens[best.place + 1].end)
      tokens.replaceSubrange(best.place...best.place + 1, with: [merged])
    }
  }

  /// A tokenizer of random merges in random order, without pre-tokenizer, that spells what it does not
  /// know in bytes.
  private static func tokenizer(_ generator: inout TestGenerator) throws -> Tokenizer {
    let letters = ["a", "b", "é", "▁", "中", "👍"]
    var pool = letters
    var merges: [(String, String)] = []
    while merges.count < 30 {
      guard let left = pool.randomElement(using: &generator),
        let right = pool.randomElement(using: &generator), left.count + right.count <= 7,
        !pool.contains(left + right),
        // A mark is at the beginning of a token or among marks.
        !right.contains("▁") || left.allSatisfy({ $0 == "▁" })
      else { continue }
      pool.append(left + right)
      merges.append((left, right))
    }
    merges.shuffle(using: &generator)
    let digits = Array("0123456789ABCDEF")
    let bytes = (0..<256).map { "<0x\(digits[$0 / 16])\(digits[$0 % 16])>" }
    let vocabulary = (bytes + pool).enumerated().map { "\"\($1)\":\($0)" }.joined(separator: ",")
    let pairs = merges.map { "[\"\($0)\",\"\($1)\"]" }.joined(separator: ",")
    let document = """
      {"version":"1.0","truncation":null,"padding":null,"added_tokens":[],"normalizer":null,
      "pre_tokenizer":null,"post_processor":null,"decoder":null,"model":{"type":"BPE",
      "dropout":null,"unk_token":null,"continuing_subword_prefix":null,"end_of_word_suffix":null,
      "fuse_unk":true,"byte_fallback":true,"ignore_merges":false,"vocab":{\(vocabulary)},
      "merges":[\(pairs)]}}
      """
    return try Tokenizer(json: Array(document.utf8), name: "test")
  }

  @Test(arguments: [61, 62, 63, 64])
  func wordsAreMergedInPartsAsAWhole(seed: UInt64) throws {
    var generator = TestGenerator(state: seed)
    var parts = 0
    for _ in 0..<6 {
      let tokenizer = try Self.tokenizer(&generator)
      guard case .characterPairs(let model) = tokenizer.model else {
        Issue.record("expected a BPE over characters")
        return
      }
      let cutter = CharacterPairTokenizer(model)
      #expect(cutter.cutsWords)
      for length in [1, 2, 5, 20, 63, 64, 65, 90, 200, 500] {
        let text = (0..<length).map { _ in
          ["a", "b", "é", "▁", "▁", "中", "👍", "x", "ж", "🏽"].randomElement(using: &generator) ?? ""
        }.joined()
        let expected = Self.merged(text, model)
        var whole: [ModelToken] = []
        var alone = cutter
        Array(text.utf8).withUnsafeBufferPointer {
          alone.append($0, to: &whole)
          var start = 0
          while start < $0.count {
            start = cutter.endOfPart(of: $0, from: start)
            parts += 1
          }
        }
        #expect(whole.map { Token(id: $0.id, start: Int($0.start), end: Int($0.end)) } == expected)
        for _ in 0..<2 {
          let encoding = tokenizer.encode(text)
          #expect(encoding.ids == expected.map(\.id))
          // A token of some bytes of a character has all of it.
          #expect(
            zip(encoding.offsets, expected).allSatisfy {
              $0.lowerBound <= $1.start && $0.upperBound >= $1.end
                && ($0 == $1.start..<$1.end || $1.end - $1.start == 1)
            })
          #expect(tokenizer.encodeBatch([text], threads: 1)[0] == expected.map(\.id))
        }
      }
    }
    #expect(parts > 1000)
  }

  @Test func tokensOfALongWordThatDependOnItAreNotCut() throws {
    for (settings, isCut) in [
      (#""unk_token":"?","byte_fallback":false"#, true),
      (#""unk_token":null,"byte_fallback":false"#, false),
      (#""unk_token":null,"byte_fallback":true"#, false),
      (#""unk_token":"?","byte_fallback":false,"ignore_merges":true"#, false),
      (#""unk_token":"?","byte_fallback":false,"end_of_word_suffix":"b""#, false),
      (#""unk_token":"a","byte_fallback":false"#, false),
      (#""unk_token":"?","byte_fallback":false,"dropout":0.5"#, false),
    ] {
      let document = """
        {"version":"1.0","added_tokens":[],"model":{"type":"BPE",\(settings),
        "vocab":{"?":0,"a":1,"b":2,"ab":3},"merges":[["a","b"]]}}
        """
      let tokenizer = try Tokenizer(json: Array(document.utf8), name: "test")
      #expect(tokenizer.pool.withState { $0.cutsWords } == isCut, "\(settings)")
    }
  }
}
