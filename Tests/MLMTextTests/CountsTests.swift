import MLMText
import Testing

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Counting apart from learning, on disk and in bounded memory.
@Suite struct CountsTests {
  /// A folder that goes with the test.
  private final class Folder {
    let path = "/tmp/mlm-counts-tests-" + UUID().uuidString

    init() throws {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func callAsFunction(_ name: String) -> String { path + "/" + name }

    var names: [String] {
      ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
    }
  }

  private static let texts: [String] = {
    var generator = SeededGenerator(11)
    return (0..<400).map { _ in
      String(generator.text(pieces: 9).map { $0 == "\n" ? " " : $0 }) + "\n"
    }
  }()

  private func count(_ texts: some Sequence<String>, into trainer: TokenizerTrainer) {
    var all = Array(texts.joined().utf8)
    all.withUnsafeMutableBufferPointer {
      _ = trainer.count(lines: UnsafeBufferPointer($0), threads: 2)
    }
  }

  private static let models: [TrainingOptions] = TrainingOptions.Model.allCases.map { model in
    var options = TrainingOptions(model: model)
    options.vocabularySize = model == .bytePairs ? 420 : 400
    // The smallest alphabet, so that merges are left.
    if model != .bytePairs { options.alphabetLimit = 60 }
    return options
  }

  @Test(arguments: models)
  func theSecondTokenizerIsLearnedWithoutTheSample(options: TrainingOptions) throws {
    let folder = try Folder()
    let (sample, others) = (Self.texts[..<40], Self.texts[40...])
    let without = try TokenizerTrainer(options: options)
    count(others, into: without)
    let expected = try without.train().json
    for memory in [Int.max, 1] {
      for threads in [1, 2] {
        let trainer = try TokenizerTrainer(options: options)
        trainer.limitMemory(to: memory, spillingTo: folder("spilled-\(memory)-\(threads)"))
        count(Self.texts, into: trainer)
        try trainer.makeRoom()
        Array(sample.joined().utf8).withUnsafeBufferPointer { trainer.withhold(lines: $0) }
        let (all, withoutSample) = try trainer.trainWithSampleWithheld(threads: threads)
        #expect(withoutSample?.json == expected)
        #expect(try all.json == trainer.train().json && all.json != expected)
        trainer.removeTemporaryFiles()
      }
    }
    let nothing = try TokenizerTrainer(options: options)
    count(sample, into: nothing)
    Array(sample.joined().utf8).withUnsafeBufferPointer { nothing.withhold(lines: $0) }
    #expect(try nothing.trainWithSampleWithheld().withoutSample == nil)
  }

  @Test(arguments: models)
  func partsMergedInAnyOrderAreTheWhole(options: TrainingOptions) throws {
    let folder = try Folder()
    let whole = try TokenizerTrainer(options: options)
    count(Self.texts, into: whole)
    let expected = try whole.train().json
    try whole.writeCounts(to: folder("whole"))
    for (name, texts) in [
      ("a", Self.texts[..<120]), ("b", Self.texts[120..<121]), ("c", Self.texts[121...]),
    ] {
      let part = try TokenizerTrainer(options: options)
      count(texts, into: part)
      try part.writeCounts(to: folder(name))
    }
    for order in [["a", "b", "c"], ["c", "a", "b"], ["whole"]] {
      let merged = try TokenizerTrainer(options: options)
      for name in order { try merged.addCounts(from: folder(name)) }
      #expect(try merged.train(threads: 2).json == expected)
      #expect(merged.summary == whole.summary)
      try merged.writeCounts(to: folder("again"))
      #expect(try FileContents.read(folder("again")) == FileContents.read(folder("whole")))
    }
  }

  @Test(arguments: models)
  func littleMemoryMakesNoDifference(options: TrainingOptions) throws {
    let folder = try Folder()
    let whole = try TokenizerTrainer(options: options)
    count(Self.texts, into: whole)
    let expected = try whole.train().json
    do {
      let small = try TokenizerTrainer(options: options)
      small.limitMemory(to: 1000, spillingTo: folder("words"))
      // More runs than are read at the same time.
      for start in stride(from: 0, to: Self.texts.count, by: 4) {
        count(Self.texts[start..<start + 4], into: small)
        try small.makeRoom()
      }
      #expect(folder.names == ["words"])
      #expect(try small.train().json == expected)
      #expect(small.summary == whole.summary)
    }
    #expect(folder.names.isEmpty)
  }

  @Test func countsAboveTwoToTheThirtyFirstComeThroughAFile() throws {
    let folder = try Folder()
    let counted = try TokenizerTrainer()
    for (word, times) in [(" ab", 3 << 32), (" cd", 5 << 31), (" ef", 1 << 31)] {
      Array(word.utf8).withUnsafeBufferPointer { counted.count(utf8: $0, times: times) }
    }
    try counted.writeCounts(to: folder("large"))
    var options = TrainingOptions(vocabularySize: 264)
    options.minimumFrequency = 5 << 31
    let trainer = try TokenizerTrainer(options: options)
    try trainer.addCounts(from: folder("large"))
    let tokenizer = try trainer.train()
    // With 32 bits " ab" would count 0 and " cd" would be negative.
    #expect(tokenizer.token(261) == Array("ab".utf8))
    #expect(tokenizer.token(262) == Array("Ġab".utf8))
    #expect(tokenizer.token(263) == Array("cd".utf8))
    #expect(trainer.summary.words == 3 << 32 + 5 << 31 + 1 << 31)
  }

  /// A counts file written by this test from the description of the format.
  private func file(
    _ words: [(shared: Int, rest: String, count: Int)], totals: [Int], settings: [UInt8]
  ) -> [UInt8] {
    func fixed(_ value: UInt64, _ count: Int) -> [UInt8] {
      (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
    }
    func variable(_ value: Int) -> [UInt8] {
      var (bytes, rest) = ([UInt8](), value)
      while rest >= 128 {
        bytes.append(UInt8(rest % 128) + 128)
        rest /= 128
      }
      return bytes + [UInt8(rest)]
    }
    var bytes = Array("MLMCOUNT".utf8) + fixed(1, 4) + fixed(UInt64(settings.count), 4) + settings
    for word in words {
      bytes += variable(word.shared) + variable(word.rest.utf8.count) + Array(word.rest.utf8)
      bytes += variable(word.count)
    }
    bytes += [0, 0]
    for total in totals { bytes += fixed(UInt64(total), 8) }
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return bytes + fixed(hash, 8)
  }

  private func settings(_ folder: Folder) throws -> [UInt8] {
    let trainer = try TokenizerTrainer()
    try trainer.writeCounts(to: folder("empty"))
    let bytes = try FileContents.read(folder("empty"))
    return Array(bytes[16..<16 + Int(bytes[12]) + 256 * Int(bytes[13])])
  }

  @Test func theFormatIsTheOneDescribed() throws {
    let folder = try Folder()
    let settings = try settings(folder)
    let expected = file(
      [(0, " ab", 300), (3, "c", 2), (1, "b", 1)], totals: [1214, 303, 3, 0, 4],
      settings: settings)
    let trainer = try TokenizerTrainer()
    for (word, times) in [(" b", 1), (" abc", 2), ("ab", 300)] {
      // Text that begins with no space gets one.
      Array(word.utf8).withUnsafeBufferPointer { trainer.count(utf8: $0, times: times) }
    }
    try trainer.writeCounts(to: folder("file"))
    let found = try FileContents.read(folder("file"))
    #expect(found.count == expected.count)
    // All but the bytes of text, and the checksum of them.
    let totals = found.count - 48
    #expect(found[..<totals] == expected[..<totals])
    #expect(found[(totals + 8)..<(totals + 40)] == expected[(totals + 8)..<(totals + 40)])
  }

  @Test func damagedFilesAreRefusedWithThePlace() throws {
    let folder = try Folder()
    let settings = try settings(folder)
    let good = file([(0, "ab", 3), (1, "c", 2)], totals: [9, 5, 2, 0, 2], settings: settings)
    func failure(_ bytes: [UInt8]) throws -> TokenizerError? {
      try FileContents.write(bytes, to: folder("file"))
      let trainer = try TokenizerTrainer()
      do {
        try trainer.addCounts(from: folder("file"))
        _ = try trainer.train()
        return nil
      } catch let error as TokenizerError {
        #expect(error.description.hasPrefix(folder("file") + ":"))
        return error
      }
    }
    #expect(try failure(good) == nil)
    // Every byte that is missing or changed is found.
    for end in good.indices {
      #expect(try failure(Array(good[..<end])) != nil, "cut at \(end)")
      var changed = good
      changed[end] ^= 4
      #expect(try failure(changed) != nil, "changed at \(end)")
    }
    #expect(try failure(good + [0]) != nil)
    let reordered = file([(0, "b", 3), (0, "ac", 2)], totals: [9, 5, 2, 0, 2], settings: settings)
    #expect(try failure(reordered)?.reason.contains("order") == true)
    let none = file([(0, "b", 0)], totals: [9, 0, 1, 0, 2], settings: settings)
    #expect(try failure(none)?.reason.contains("at least 1") == true)
    let wrong = file([(0, "b", 2)], totals: [9, 3, 1, 0, 2], settings: settings)
    #expect(try failure(wrong)?.reason.contains("3 in all") == true)
    #expect(throws: FileError.self) { try TokenizerTrainer().addCounts(from: folder("none")) }
  }

  @Test func countsThatAddUpToTooMuchAreRefused() throws {
    let folder = try Folder()
    let settings = try settings(folder)
    let half = file([(0, "ab", 1 << 62)], totals: [9, 1 << 62, 1, 0, 2], settings: settings)
    try FileContents.write(half, to: folder("half"))
    let trainer = try TokenizerTrainer()
    for _ in 0..<2 { try trainer.addCounts(from: folder("half")) }
    #expect(throws: TokenizerError.self) { try trainer.train() }
  }

  @Test func otherSettingsAreRefusedOrTakenOver() throws {
    let folder = try Folder()
    let lowercasing = try TokenizerTrainer(
      options: .init(normalizer: Normalizer(form: .nfc, lowercases: true)))
    count(Self.texts, into: lowercasing)
    try lowercasing.writeCounts(to: folder("lower"))
    let plain = try TokenizerTrainer()
    #expect(throws: TokenizerError.self) { try plain.addCounts(from: folder("lower")) }
    let adopted = try TokenizerTrainer.options(TrainingOptions(), forCountsAt: folder("lower"))
    #expect(adopted.normalizer == lowercasing.options.normalizer)
    let trainer = try TokenizerTrainer(options: adopted)
    try trainer.addCounts(from: folder("lower"))
    #expect(try trainer.train().json == lowercasing.train().json)
    // Words of one kind are no words of another.
    let pieces = try TokenizerTrainer(options: TrainingOptions(model: .wordPiece))
    #expect(throws: TokenizerError.self) { try pieces.addCounts(from: folder("lower")) }
  }

  @Test func wordsThatAreNoneAreCounted() throws {
    let trainer = try TokenizerTrainer()
    trainer.count("short " + String(repeating: "x", count: 5000) + " " + "y\n")
    _ = try trainer.train()
    #expect(trainer.summary.implausibleWords == 1)
    #expect(trainer.summary.longestWord == 5001)
    #expect(trainer.summary.words == 4)
  }
}
