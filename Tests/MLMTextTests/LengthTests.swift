import MLMText
import Testing

@Suite struct LengthTests {
  @Test func lengthsEqualThoseOfTheLibrary() throws {
    try ComponentReference.check(\.lengths)
  }

  /// One token a word, with the special tokens 1 and 2 around a text.
  private func tokenizer() throws -> Tokenizer {
    let json = """
      {"pre_tokenizer":{"type":"WhitespaceSplit"},
      "post_processor":{"type":"BertProcessing","cls":["c",1],"sep":["s",2]},
      "model":{"type":"WordLevel","unk_token":"?","vocab":{"?":0,"c":1,"s":2,"x":3,"y":4,"z":5}}}
      """
    return try Tokenizer(json: Array(json.utf8), name: "lengths")
  }

  @Test func whatIsCutOffFollowsInParts() throws {
    var tokenizer = try tokenizer()
    tokenizer.truncation = Truncation(maximumLength: 4, stride: 1)
    let input = try tokenizer.input("x y z x")
    // Two of the text's tokens fit; each part begins with the last token of the one before.
    #expect(input.ids == [1, 3, 4, 2])
    #expect(input.overflowing.map(\.ids) == [[1, 4, 5, 2], [1, 5, 3, 2]])
    #expect(input.overflowing.map(\.offsets)[1] == [0..<0, 4..<5, 6..<7, 0..<0])
    tokenizer.truncation?.side = .left
    #expect(try tokenizer.input("x y z x").ids == [1, 5, 3, 2])
    tokenizer.truncation = Truncation(maximumLength: 7, strategy: .onlySecond)
    #expect(try tokenizer.input("x y", "z z z z").ids == [1, 3, 4, 2, 5, 5, 2])
  }

  @Test func whatCannotBeCutIsAnError() throws {
    var tokenizer = try tokenizer()
    for (truncation, second) in [
      (Truncation(maximumLength: 1), nil), (Truncation(maximumLength: 2, stride: 1), nil),
      (Truncation(maximumLength: 4, strategy: .onlySecond), nil),
      (Truncation(maximumLength: 5, strategy: .onlyFirst), "x x x x x"),
      (Truncation(maximumLength: 4, stride: 2), nil),
    ] as [(Truncation, String?)] {
      tokenizer.truncation = truncation
      if truncation == Truncation(maximumLength: 2, stride: 1) {
        // Nothing of the text is kept, and so nothing is shared.
        #expect(try tokenizer.input("x y z x", second).ids == [1, 2])
        continue
      }
      let error = #expect(throws: TokenizerError.self) {
        try tokenizer.input("x y z x", second)
      }
      #expect(error?.code == .invalidOptions, "\(truncation)")
    }
  }

  @Test func partsOfAPairThatWouldFillTheMemoryAreAnError() throws {
    var tokenizer = try tokenizer()
    tokenizer.truncation = Truncation(maximumLength: 5)
    let text = String(repeating: "x ", count: 20_000)
    let error = #expect(throws: TokenizerError.self) { try tokenizer.input(text, text) }
    #expect(error?.code == .invalidOptions)
    #expect(try tokenizer.input(text, "x").overflowing.count == 19_999)
  }

  @Test func aBatchIsAsLongAsItsLongest() throws {
    var tokenizer = try tokenizer()
    tokenizer.padding = Padding(multiple: 4, side: .left, id: 5)
    let texts = ["x", "x y z"].map { (first: Array($0.utf8), second: [UInt8]?.none) }
    for threads in [1, 2] {
      let inputs = try tokenizer.inputs(texts, threads: threads)
      #expect(inputs.map(\.ids) == [[5, 5, 5, 5, 5, 1, 3, 2], [5, 5, 5, 1, 3, 4, 5, 2]])
      #expect(inputs[0].isAttended == [false, false, false, false, false, true, true, true])
      #expect(inputs[0].isSpecial == [true, true, true, true, true, true, false, true])
    }
  }
}
