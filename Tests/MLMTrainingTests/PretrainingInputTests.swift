import MLMTraining
import Testing

@Suite struct PretrainingInputTests {
  /// The error that opening a run throws, and what it leaves in a folder that holds `text`.
  private func open(_ bytes: [UInt8], _ change: (inout PretrainingOptions) -> Void = { _ in })
    throws
    -> ((any Error)?, left: [String])
  {
    try withFolder { folder in
      try FileContents.write(bytes, to: folder + "/text")
      var failure: (any Error)?
      do {
        _ = try PretrainingRun(
          files: [folder + "/text"], output: folder + "/out",
          options: SampleText.options(change))
      } catch { failure = error }
      return (failure, FileSystem.names(in: folder))
    }
  }

  @Test func textThatCannotBeUsed() throws {
    let (short, left) = try open(Array("Too short.\nBy far.\n".utf8))
    #expect((short as? TrainingError)?.code == .corpusTooSmall)
    #expect((short as? TrainingError)?.description.contains("/text: the text is shorter") == true)
    #expect(left == ["text"])
    for (bytes, code) in [
      ([], DataError.Code.empty), (Array(" \n\n".utf8), .empty), ([0x61, 0, 0x62, 10], .binary),
    ] as [([UInt8], DataError.Code)] {
      let (failure, left) = try open(bytes)
      #expect((failure as? DataError)?.code == code)
      #expect(left == ["text"])
    }
    let malformed = Array(SampleText.sentences(90).joined(separator: "\n").utf8) + [10, 0xff, 10]
    let (strict, leftStrict) = try open(malformed) { $0.isStrict = true }
    #expect((strict as? DataError)?.code == .malformedUTF8)
    #expect(leftStrict == ["text"])
  }

  @Test func malformedTextIsCounted() throws {
    try withFolder { folder in
      let path = folder + "/text"
      let text = SampleText.sentences(90).joined(separator: "\n")
      try FileContents.write(Array(text.utf8) + [10, 0xff, 0x61, 0xfe, 10, 10, 32, 10], to: path)
      let run = try PretrainingRun(
        files: [path], output: folder + "/out", options: SampleText.options())
      #expect(run.replacements == 2)
      #expect(run.corpusDocumentCount == 91)
      #expect(run.emptyDocumentCount == 2)
    }
  }

  @Test func placesThatCannotBeUsed() throws {
    try withFolder { folder in
      let text = try SampleText.write(SampleText.sentences(90), in: folder)
      func open(_ file: String, _ output: String) -> FileError? {
        error(FileError.self) {
          _ = try PretrainingRun(
            files: [file], output: folder + "/" + output, options: SampleText.options())
        }
      }
      #expect(open(folder + "/none", "out")?.code == .missing)
      #expect(open(folder, "out")?.code == .isDirectory)
      #expect(open(text, "no/out")?.code == .cannotCreate)
      #expect(open(text, "corpus.txt")?.code == .exists)
      #expect(FileSystem.names(in: folder) == ["corpus.txt"])
    }
  }

  @Test func emptyDirectoryIsLeftEmpty() throws {
    try withFolder { folder in
      let text = try SampleText.write(["Too short."], in: folder)
      let output = folder + "/out"
      try FileSystem.create(output)
      for _ in 0..<2 {
        let failure = error(TrainingError.self) {
          _ = try PretrainingRun(files: [text], output: output, options: SampleText.options())
        }
        #expect(failure?.code == .corpusTooSmall)
        #expect(FileSystem.exists(output))
        #expect(FileSystem.names(in: output).isEmpty)
      }
    }
  }

  @Test func preparationCanBeStopped() throws {
    struct Stop: Error {}
    try withFolder { folder in
      let text = try SampleText.write(SampleText.sentences(90), in: folder)
      var stages: [String] = []
      _ = try PretrainingRun(
        files: [text], output: folder + "/out", options: SampleText.options()
      ) { if stages.last != $0.stage { stages.append($0.stage) } }
      #expect(
        stages == ["reading", "counting words", "training the tokenizer", "tokenizing"])
      for stage in stages {
        #expect(throws: Stop.self) {
          _ = try PretrainingRun(
            files: [text], output: folder + "/out", options: SampleText.options()
          ) { if $0.stage == stage { throw Stop() } }
        }
        #expect(FileSystem.names(in: folder) == ["corpus.txt"])
      }
    }
  }

  @Test func heldOutTextIsNotTrainedOn() throws {
    try withFolder { folder in
      // Every sentence twice: copies are on the same side.
      let sentences = SampleText.sentences(1500)
      let text = try SampleText.write(sentences + sentences.reversed(), in: folder)
      let run = try PretrainingRun(
        files: [text], output: folder + "/out", options: SampleText.options())
      let heldOut = run.corpus.heldOut
      // One in fifty of 1,500, twice: 60, with a deviation of 11.
      #expect((16...104).contains(heldOut.count))
      #expect(heldOut.count == run.heldOutDocumentCount)
      #expect(run.corpus.shards.documentCount + heldOut.count == 3000)
      func ids(_ document: [UInt8]) -> [Int32] {
        run.tokenizer.encode(
          String(decoding: document, as: UTF8.self), addingSpecialTokens: false
        ).ids
      }
      let trained = try Set(
        (0..<run.corpus.shards.documentCount).map { try run.corpus.shards.ids(ofDocument: $0) })
      for document in heldOut { #expect(!trained.contains(ids(document))) }
      #expect(
        trained.union(heldOut.map(ids)) == Set(sentences.map { ids(Array($0.utf8)) }))
    }
  }

  @Test func twoDocumentsAreOneOfEach() throws {
    try withFolder { folder in
      let halves = [SampleText.sentences(20), SampleText.sentences(20, seed: 5)]
      let text = try SampleText.write(halves.map { $0.joined(separator: " ") }, in: folder)
      let run = try PretrainingRun(
        files: [text], output: folder + "/out", options: SampleText.options())
      #expect(run.heldOutDocumentCount == 1)
      #expect(run.corpus.shards.documentCount == 1)
    }
  }

  @Test func replacementsAreCountedByFile() throws {
    try withFolder { folder in
      let good = Array((SampleText.sentences(90).joined(separator: "\n") + "\n").utf8)
      let tails: [(String, [UInt8])] = [
        ("/a", [0xff, 0x61, 10]), ("/b", []), ("/c", [0xfe, 10, 0x61, 0xff, 10, 32, 10]),
      ]
      for (name, tail) in tails { try FileContents.write(good + tail, to: folder + name) }
      let run = try PretrainingRun(
        files: tails.map { folder + $0.0 }, output: folder + "/out", options: SampleText.options())
      #expect(run.replacementsByFile.map(\.file) == [folder + "/a", folder + "/c"])
      #expect(run.replacementsByFile.map(\.count) == [1, 2])
      #expect(run.replacements == 3)
    }
  }

  @Test func ofOneDocumentTheTailIsHeldOut() throws {
    try withFolder { folder in
      let document = SampleText.sentences(900).joined(separator: " ")
      let text = try SampleText.write([document], in: folder)
      let run = try PretrainingRun(
        files: [text], output: folder + "/out", options: SampleText.options { $0.stepCount = 2 })
      #expect(run.corpusDocumentCount == 1)
      #expect(run.heldOutDocumentCount == 0)
      let heldOut = try #require(run.corpus.heldOut.first)
      #expect(run.corpus.heldOut.count == 1 && run.heldOutByteCount == heldOut.count)
      // A twentieth, from the next word on.
      #expect((document.utf8.count / 20 - 20...document.utf8.count / 20).contains(heldOut.count))
      let tail = String(decoding: heldOut, as: UTF8.self)
      #expect(document.hasSuffix(" " + tail))
      let trained = try run.corpus.shards.ids(ofDocument: 0)
      #expect(
        try run.tokenizer.decode(trained).count + heldOut.count - document.utf8.count
          <= 1)
      let before = try #require(run.evaluate())
      while try run.advance() != nil {}
      let loss = try #require(try run.finish().heldOutLoss)
      #expect(loss < before.crossEntropy)
    }
  }

  @Test func aTailEndsNoCharacterInTwo() throws {
    try withFolder { folder in
      // Three bytes a character and no white space.
      let document = (0..<2000).map { String(UnicodeScalar(0x4E00 + $0 % 80)!) }.joined()
      let text = try SampleText.write([document], in: folder)
      let run = try PretrainingRun(
        files: [text], output: folder + "/out", options: SampleText.options())
      let heldOut = try #require(run.corpus.heldOut.first)
      #expect(heldOut.count % 3 == 0 && (1000...1024).contains(heldOut.count))
      #expect(document.hasSuffix(String(decoding: heldOut, as: UTF8.self)))
    }
  }

  @Test func copiesOfOneDocumentAreTrainedOn() throws {
    try withFolder { folder in
      let sentence = SampleText.sentences(60).joined(separator: " ")
      let text = try SampleText.write([sentence, sentence], in: folder)
      let run = try PretrainingRun(
        files: [text], output: folder + "/out", options: SampleText.options { $0.stepCount = 2 })
      #expect(run.heldOutByteCount == 0)
      #expect(run.evaluate() == nil)
      while try run.advance() != nil {}
      #expect(try run.finish().heldOutLoss == nil)
    }
  }

  @Test func modelThatNoMachineHolds() throws {
    let (failure, left) = try open(Array(SampleText.sentences(90).joined(separator: "\n").utf8)) {
      ($0.layerCount, $0.width, $0.headCount) = (1024, 65536, 64)
      ($0.sequenceLength, $0.maximumLength) = (24, 40)
    }
    #expect((failure as? TrainingError)?.code == .badOptions)
    #expect((failure as? TrainingError)?.description.contains("of memory") == true)
    #expect(left == ["text"])
  }
}
