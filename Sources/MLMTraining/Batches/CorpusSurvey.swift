import MLMData

/// What a first look at a text finds: its size, its name, and what of it to hold out.
struct CorpusSurvey {
  private(set) var byteCount = 0
  private(set) var documentCount = 0
  private(set) var emptyDocumentCount = 0
  /// Malformed UTF-8 sequences that were replaced, of the files that have any.
  private(set) var replacements: [(file: String, count: Int)] = []
  /// Hash of the documents in their order.
  private var digest: UInt64 = 0
  /// Documents whose hash is below are held out.
  private var heldOutLimit: UInt64 = 0

  /// At most this much text is held out: enough for a loss that hardly moves between draws.
  private static let heldOutBytes = 256_000
  private static let heldOutShare = 0.02

  /// Names the text: differs where a document or their order does.
  var digestText: String { String(digest, radix: 16) }

  /// Reads the text once.
  ///
  /// - Parameters:
  ///   - source: The text.
  ///   - progress: Told the bytes read so far; what it throws ends the reading.
  init(_ source: TextSource, progress: (Int) throws -> Void) throws {
    let reader = source.reader()
    // The two smallest hashes that differ, and the largest.
    var smallest: [UInt64] = []
    var largest: UInt64 = 0
    var nextReport = PretrainingCorpus.reportInterval
    while let document = try reader.next() {
      if reader.counts.documentBytes > nextReport {
        try progress(reader.counts.bytes)
        nextReport += PretrainingCorpus.reportInterval
      }
      noteReplacements(reader.counts.replacements, in: document.file)
      let hash = TextDigest.hash(document.bytes)
      digest = TextDigest.mix(digest ^ hash)
      largest = max(largest, hash)
      if !smallest.contains(hash), smallest.count < 2 || hash < smallest[1] {
        smallest = Array((smallest + [hash]).sorted().prefix(2))
      }
    }
    let counts = reader.counts
    byteCount = counts.documentBytes
    documentCount = counts.documents
    emptyDocumentCount = counts.emptyDocuments
    noteReplacements(counts.replacements, in: source.files.last ?? "")
    // Of few documents at least one is held out, and at least one is not.
    guard smallest.count > 1 else { return }
    let share = min(Self.heldOutShare, Double(Self.heldOutBytes) / Double(max(1, byteCount)))
    heldOutLimit = UInt64(share * 18_446_744_073_709_549_568)
    if smallest[0] >= heldOutLimit { heldOutLimit = smallest[1] }
    heldOutLimit = min(heldOutLimit, largest)
  }

  /// Takes note of the replacements so far, when a document of a file has been read.
  private mutating func noteReplacements(_ total: Int, in file: String) {
    let new = total - replacements.reduce(0) { $0 + $1.count }
    guard new > 0 else { return }
    if let last = replacements.indices.last, replacements[last].file == file {
      replacements[last].count += new
    } else {
      replacements.append((file, new))
    }
  }

  /// Whether the text is one document, of which the tail is held out.
  var isLoneDocument: Bool { documentCount == 1 }

  /// What of a document is trained on and what is held out.
  func parts(
    of document: [UInt8]
  ) -> (training: ArraySlice<UInt8>?, heldOut: ArraySlice<UInt8>?) {
    guard isLoneDocument else {
      return TextDigest.hash(document) < heldOutLimit ? (nil, document[...]) : (document[...], nil)
    }
    guard let tail = Self.tail(of: document) else { return (document[...], nil) }
    return (document[..<tail.lowerBound], document[tail])
  }

  /// The end of a document that is held out: a twentieth of it.
  ///
  /// At least a sequence or two, as far as that is not more than a quarter; it begins after white space
  /// where there is any near.
  private static func tail(of document: [UInt8]) -> Range<Int>? {
    let count = document.count
    let length = max(min(heldOutBytes, count / 20), min(1024, count / 4))
    var start = count - length
    if let space = document[start..<count - length / 2].firstIndex(where: isWhiteSpace) {
      start = space + 1
    } else {
      // Not inside a character.
      while start < count, document[start] & 0xC0 == 0x80 { start += 1 }
    }
    let isText = [document[..<start], document[start...]].allSatisfy {
      !$0.allSatisfy(isWhiteSpace)
    }
    return isText ? start..<count : nil
  }

  private static func isWhiteSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0D).contains(byte)
  }
}
