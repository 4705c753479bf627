import MLMData
import MLMText
import Testing

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

struct TokenShardsTests {
  private let scratch: ScratchFolder
  private var folder: String { scratch.path + "/a/shards" }

  init() throws { scratch = try ScratchFolder() }

  /// Documents of 0, 1, … ids in several shards.
  private func write(vocabularySize: Int = 300, documents: Int = 40) throws -> [[Int32]] {
    let writer = try TokenShardWriter(
      directory: folder, vocabularySize: vocabularySize, fingerprint: 7,
      attributes: ["corpus": "numbers"], shardSize: 500)
    let all = (0..<documents).map { length in
      (0..<length).map { Int32(($0 * 31 + length) % vocabularySize) }
    }
    for ids in all { try writer.append(ids, byteCount: ids.count * 3) }
    _ = try writer.finish()
    return all
  }

  private func files() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
  }

  @Test(arguments: [(300, 2), (65_536, 2), (65_537, 4), (200_000, 4)])
  func givesBackWhatWasWritten(vocabularySize: Int, bytesPerID: Int) throws {
    let documents = try write(vocabularySize: vocabularySize)
    let shards = try TokenShards(directory: folder, fingerprint: 7)
    #expect(shards.manifest.bytesPerID == bytesPerID)
    #expect(shards.manifest.shards.count > 3)
    #expect(shards.documentCount == 40 && shards.tokenCount == 780 && shards.byteCount == 2340)
    for (number, ids) in documents.enumerated().reversed() {
      #expect(try shards.ids(ofDocument: number) == ids)
      #expect(shards.tokenCount(ofDocument: number) == ids.count)
      #expect(shards.byteCount(ofDocument: number) == ids.count * 3)
    }
    var part: [Int32] = [-1]
    try shards.appendIDs(ofDocument: 39, range: 30..<50, to: &part)
    #expect(part == [-1] + documents[39][30...])
    for shard in shards.manifest.shards { #expect(shard.size <= 500) }
  }

  @Test func writesTheSameBytesTwice() throws {
    func contents() throws -> [[UInt8]] {
      try files().map { try FileContents.read(folder + "/" + $0) }
    }
    _ = try write()
    let first = try contents()
    _ = try write()
    #expect(try contents() == first)
    // A shorter corpus leaves nothing of the longer one.
    _ = try write(documents: 2)
    #expect(try files() == ["manifest.json", "shard-00000.tokens"])
  }

  @Test func knowsAnUnfinishedFolder() throws {
    func isComplete(_ fingerprint: UInt64 = 7, _ corpus: String = "numbers") -> Bool {
      TokenShards.isComplete(
        directory: folder, fingerprint: fingerprint, attributes: ["corpus": corpus])
    }
    #expect(!isComplete())
    _ = try write()
    #expect(isComplete())
    #expect(!isComplete(8))
    #expect(!isComplete(7, "words"))
    let writer = try TokenShardWriter(directory: folder, vocabularySize: 300, fingerprint: 7)
    #expect(!isComplete())
    try writer.append([1, 2], byteCount: 2)
    #expect(throws: FileError.self) { try TokenShards(directory: folder, fingerprint: 7) }
    #expect(try files().filter { $0.hasSuffix(".tokens") } == [])
  }

  @Test func refusesAnotherVocabulary() throws {
    _ = try write()
    let error = try dataError { _ = try TokenShards(directory: folder, fingerprint: 8) }
    #expect(error.code == .mismatch)
    #expect(try TokenShards(directory: folder, fingerprint: nil).documentCount == 40)
  }

  @Test func refusesIDsOutsideTheVocabulary() throws {
    let writer = try TokenShardWriter(directory: folder, vocabularySize: 10, fingerprint: 7)
    for id in [-1, 10, Int32.max] {
      #expect(try dataError { try writer.append([id], byteCount: 1) }.code == .mismatch)
    }
  }

  /// Every byte of a shard matters: flipping any one of them is noticed.
  @Test func noticesDamage() throws {
    _ = try write(documents: 12)
    let path = folder + "/shard-00000.tokens"
    let good = try FileContents.read(path)
    for position in good.indices {
      var bad = good
      bad[position] ^= 0x10
      _ = try scratch.write(bad, to: "a/shards/shard-00000.tokens")
      let error = try dataError { _ = try TokenShards(directory: folder, fingerprint: 7) }
      #expect(error.code == .corrupt && error.file == path)
    }
    for length in [0, 31, 100, good.count - 1] {
      _ = try scratch.write(good.prefix(length), to: "a/shards/shard-00000.tokens")
      let error = try dataError { _ = try TokenShards(directory: folder, fingerprint: 7) }
      #expect("\(error)" == "\(path): expected \(good.count) bytes, found \(length)")
    }
    try FileManager.default.removeItem(atPath: path)
    #expect(throws: FileError.self) { try TokenShards(directory: folder, fingerprint: 7) }
  }

  @Test func noticesADamagedManifest() throws {
    _ = try write(documents: 12)
    let path = folder + "/manifest.json"
    let good = String(decoding: try FileContents.read(path), as: UTF8.self)
    let bads = [
      "", "{", String(good.dropLast(20)),
      good.replacing("\"version\" : 1", with: "\"version\" : 2"),
      good.replacing("\"documents\" : 12", with: "\"documents\" : 9223372036854775807"),
      good.replacing("\"tokens\" : 66", with: "\"tokens\" : -66"),
    ]
    for bad in bads {
      #expect(bad != good)
      _ = try scratch.write(bad, to: "a/shards/manifest.json")
      #expect(
        try dataError { _ = try TokenShards(directory: folder, fingerprint: 7) }.code == .corrupt)
    }
  }

  @Test func holdsNoDocuments() throws {
    _ = try write(documents: 0)
    let shards = try TokenShards(directory: folder, fingerprint: 7)
    #expect(shards.documentCount == 0 && shards.manifest.shards.isEmpty)
  }
}
