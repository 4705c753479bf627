import MLMText
import Testing

/// Values of tokenizers 0.23.3: Tokenizer.encode, Tokenizer.to_str, BpeTrainer.
@Suite struct TokenizerReferenceTests {
  let reference: TokenizerReference

  init() throws { reference = try #require(TokenizerReference.shared) }

  @Test func identifiersAndOffsetsAreTheReferences() throws {
    var compared = 0
    for variant in reference.variants {
      let tokenizer = try reference.tokenizer(variant)
      for expected in variant.encodings {
        let found = tokenizer.encode(expected.text)
        let name = "\(variant.name): \(expected.text.debugDescription)"
        #expect(found.ids == expected.ids, "\(name)")
        let offsets = found.offsets.map { [$0.lowerBound, $0.upperBound] }
        #expect(offsets == expected.offsets, "\(name)")
        compared += 1
      }
    }
    #expect(compared > 150)
  }

  @Test func theFastPathGivesTheSameIdentifiers() throws {
    for variant in reference.variants {
      let tokenizer = try reference.tokenizer(variant)
      for expected in variant.encodings {
        var text = expected.text
        var ids: [Int32] = [-7]
        text.withUTF8 { tokenizer.encodeIDs(utf8: $0, addingSpecialTokens: true, into: &ids) }
        #expect(ids == [-7] + expected.ids)
      }
    }
  }

  @Test func aReadDocumentIsWrittenAsItWas() throws {
    let json = Array(reference.tokenizer.utf8)
    let tokenizer = try Tokenizer(json: json, name: "reference")
    #expect(tokenizer.json == json)
    #expect(tokenizer.json == tokenizer.json)
  }

  @Test func trainingOnTheSameLinesGivesTheSameDocument() throws {
    let trainer = try TokenizerTrainer(options: .init(vocabularySize: 420))
    var text = reference.text
    _ = text.withUTF8 { trainer.count(lines: $0) }
    #expect(try trainer.train().json == Array(reference.tokenizer.utf8))
  }

  @Test func tiesRepeatedMergesAndLimitsAreTheReferences() throws {
    for training in reference.trainings {
      let trainer = try TokenizerTrainer(
        options: .init(
          vocabularySize: training.size, minimumFrequency: training.frequency,
          normalizer: Normalizer(form: .none), maximumTokenLength: training.limit))
      for run in reference.runs { trainer.count(run) }
      let json = String(decoding: try trainer.train().json, as: UTF8.self)
      #expect(mergeList(json) == training.merges, "\(training.size)")
    }
  }

  /// The merges of a document with one string a line.
  private func mergeList(_ json: String) -> [String] {
    guard let start = json.firstRange(of: "\"merges\": [") else { return [] }
    let strings = json[start.upperBound...].split(separator: "\n").compactMap { line -> String? in
      guard let first = line.firstIndex(of: "\""), let last = line.lastIndex(of: "\"") else {
        return nil
      }
      return String(line[line.index(after: first)..<last]).replacing("\\\"", with: "\"")
        .replacing("\\\\", with: "\\")
    }
    return stride(from: 0, to: strings.count - 1, by: 2).map {
      strings[$0] + " " + strings[$0 + 1]
    }
  }
}
