import Foundation
import MLMText
import Testing

@Suite struct VocabularyFilesTests {
  private let folder: String

  init() throws {
    let url = FileManager.default.temporaryDirectory.appending(path: "vocabulary-\(UUID())")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    folder = url.path
  }

  private func write(_ name: String, _ text: String) throws -> String {
    try FileContents.write(Array(text.utf8), to: folder + "/" + name)
    return folder + "/" + name
  }

  private func remove() { try? FileManager.default.removeItem(atPath: folder) }

  private let bert = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nun\n##known\n,\ncafe\ncafé\nCafe\n"

  @Test func aListOfWordPiecesIsBERTs() throws {
    defer { remove() }
    let path = try write("vocab.txt", bert)
    for place in [path, folder] {
      let tokenizer = try Tokenizer(contentsOf: place)
      // As BertTokenizer(vocab=…) of transformers 5.23: accents go with case.
      let input = try tokenizer.input("Unknown, CAFÉ", "x [MASK]")
      #expect(input.ids == [2, 5, 6, 7, 8, 3, 1, 4, 3])
      #expect(input.typeIDs == [0, 0, 0, 0, 0, 0, 1, 1, 1])
      #expect(tokenizer.maskID == 4 && tokenizer.paddingID == 0 && tokenizer.startID == 2)
      #expect(try tokenizer.decode([2, 5, 6, 7, 8, 3]) == Array("unknown, cafe".utf8))
    }
    _ = try write("tokenizer_config.json", #"{"do_lower_case":false,"strip_accents":null,"x":[1]}"#)
    #expect(try Tokenizer(contentsOf: path).encode("café Cafe un").ids == [2, 9, 10, 5, 3])
    let again = try Tokenizer(json: Tokenizer(contentsOf: path).json, name: "again")
    #expect(again.encode("café Cafe un").ids == [2, 9, 10, 5, 3])
  }

  @Test func wordPiecesMayEndWithCarriageReturns() throws {
    defer { remove() }
    let path = try write("vocab.txt", "[UNK]\r\na\r\n\r\nb\r\n")
    #expect(try Tokenizer(contentsOf: path).encode("a b c").ids == [1, 3, 0])
  }

  @Test func badListsHaveTheirLine() throws {
    defer { remove() }
    for (text, description) in [
      ("[UNK]\na\na\n", "line 3: expected a token of its own, found that of line 2"),
      ("a\nb\n", "expected a line \"[UNK]\", found none"),
    ] {
      let path = try write("vocab.txt", text)
      let error = #expect(throws: TokenizerError.self) { try Tokenizer(contentsOf: path) }
      #expect(error?.description == "\(path): \(description)")
    }
    let path = folder + "/vocab.txt"
    try FileContents.write([0x61, 0x0A, 0xFF, 0x0A], to: path)
    let error = #expect(throws: TokenizerError.self) { try Tokenizer(contentsOf: path) }
    #expect(error?.place == "line 2")
  }

  /// A vocabulary of the byte-level alphabet with some tokens before and after it.
  private func vocabulary(_ before: [String], _ after: [String]) -> String {
    let alphabet = (UInt8.min...UInt8.max).map {
      String(decoding: ByteLevelAlphabet.string(of: [$0]), as: UTF8.self)
    }
    let members = (before + alphabet + after).enumerated().map { index, token in
      let escaped = token == "\"" || token == "\\" ? "\\" + token : token
      return "\"\(escaped)\":\(index)"
    }
    return "{" + members.joined(separator: ",") + "}"
  }

  @Test func bytePairsAreRoBERTas() throws {
    defer { remove() }
    let path = try write(
      "vocab.json", vocabulary(["<s>", "<pad>", "</s>", "<unk>"], ["ab", "Ġab", "<mask>"]))
    let merges = try write("merges.txt", "#version: 0.2\na b\nĠ ab\n")
    for place in [path, merges, folder] {
      let tokenizer = try Tokenizer(contentsOf: place)
      // As RobertaTokenizer(vocab=…, merges=…) of transformers 5.23.
      #expect(tokenizer.encode("ab ab<mask>").ids == [0, 260, 261, 262, 2])
      #expect(try tokenizer.input("ab", "ab").ids == [0, 260, 2, 2, 260, 2])
      #expect(try tokenizer.decode([0, 260, 261, 2]) == Array("ab ab".utf8))
    }
    _ = try write("vocab.json", vocabulary([], ["ab", "<|endoftext|>"]))
    _ = try write("merges.txt", "a b\n")
    // As GPT2Tokenizer: nothing around a text.
    #expect(try Tokenizer(contentsOf: path).encode("ab<|endoftext|>").ids == [256, 257])
  }

  @Test func badMergesHaveTheirLine() throws {
    defer { remove() }
    let path = try write("vocab.json", vocabulary([], ["ab"]))
    let missing = #expect(throws: FileError.self) { try Tokenizer(contentsOf: path) }
    #expect(missing?.path == folder + "/merges.txt")
    for (text, line) in [("a b\nb c\n", 2), ("#version: 0.2\na  b\n", 2), ("ab\n", 1)] {
      _ = try write("merges.txt", text)
      let error = #expect(throws: TokenizerError.self) { try Tokenizer(contentsOf: path) }
      #expect(error?.file == folder + "/merges.txt")
      #expect(error?.place == "line \(line)")
    }
  }

  @Test func anEmptyDirectoryLacksATokenizer() throws {
    defer { remove() }
    let error = #expect(throws: FileError.self) { try Tokenizer(contentsOf: folder) }
    #expect(error?.path == folder + "/tokenizer.json")
  }
}
