import MLMText
import Testing

@Suite struct TokenModelTests {
  @Test func modelsEqualThoseOfTheLibrary() throws {
    try ComponentReference.check(\.models)
  }

  private func tokenizer(_ model: String, _ others: String = "") throws -> Tokenizer {
    try Tokenizer(json: Array("{\"model\":\(model)\(others)}".utf8), name: "model")
  }

  private func tokens(_ text: String, _ tokenizer: Tokenizer) -> [String] {
    tokenizer.encode(text).ids.map { String(decoding: tokenizer.token($0) ?? [], as: UTF8.self) }
  }

  @Test func dropoutLeavesMergesOut() throws {
    let model = """
      {"type":"BPE","dropout":0.5,"vocab":{"a":0,"b":1,"ab":2},"merges":[["a","b"]]}
      """
    let tokenizer = try tokenizer(model)
    var whole = 0
    for _ in 0..<1000 { if tokens("ab", tokenizer) == ["ab"] { whole += 1 } }
    // A fair coin: 1000 throws are outside of 400...600 less than once in 10^9 times.
    #expect((400...600).contains(whole), "\(whole)")
  }

  @Test func unigramTakesTheBestPath() throws {
    // By hand: "ab" scores -3, "a" and "b" together -4; unknown characters score 10 less than -3.
    let model = """
      {"type":"Unigram","unk_id":0,"vocab":[["<unk>",0],["a",-2],["b",-2],["ab",-3]]}
      """
    let tokenizer = try tokenizer(model)
    #expect(tokens("aba", tokenizer) == ["ab", "a"])
    #expect(tokenizer.encode("a??b").ids == [1, 0, 2])
    #expect(tokenizer.encode("a??b").offsets == [0..<1, 1..<3, 3..<4])
  }

  @Test func wordPieceTakesTheLongestPiece() throws {
    let model = """
      {"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##",
      "max_input_chars_per_word":4,"vocab":{"[UNK]":0,"a":1,"ab":2,"##c":3,"##b":4}}
      """
    let tokenizer = try tokenizer(model)
    #expect(tokens("abc", tokenizer) == ["ab", "##c"])
    #expect(tokens("abx", tokenizer) == ["[UNK]"])
    #expect(tokens("abccc", tokenizer) == ["[UNK]"], "longer than four characters")
    #expect(tokens("", tokenizer) == [])
  }

  @Test(arguments: [
    (
      #"{"type":"WordPiece","unk_token":"?","continuing_subword_prefix":"","max_input_chars_per_word":9,"vocab":{}}"#,
      "model.unk_token"
    ),
    (#"{"type":"WordLevel","unk_token":"?","vocab":{"a":0}}"#, "model.unk_token"),
    (#"{"type":"WordLevel","unk_token":"a","vocab":{"a":0},"more":1}"#, "model.more"),
    (#"{"type":"Unigram","unk_id":3,"vocab":[["a",0]]}"#, "model.unk_id"),
    (#"{"type":"Unigram","unk_id":0,"vocab":[["a","b"]]}"#, "model.vocab[0][1]"),
    (#"{"type":"Unigram","unk_id":0,"vocab":[["a"]]}"#, "model.vocab[0]"),
    (#"{"type":"BPE","unk_token":"?","vocab":{"a":0},"merges":[]}"#, "model.unk_token"),
    (#"{"type":"BPE","vocab":{"a":0},"merges":[["a","b"]]}"#, "model.merges[0]"),
    (#"{"type":"BPE","vocab":{"a":0}}"#, "model"),
    (#"{"type":"Trie","vocab":{"a":0}}"#, "model.type"),
    (#"[]"#, "model"),
  ])
  func badModelsHaveTheirPlace(_ model: String, _ place: String) {
    let error = #expect(throws: TokenizerError.self) { try tokenizer(model) }
    #expect(error?.place == place)
    #expect(error?.file == "model")
  }
}
