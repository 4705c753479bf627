import MLMData
import MLMText

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The documents held out of a run, as JSON lines with the key `text`.
enum HeldOutFile {
  static func write(_ documents: [[UInt8]], to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.withoutEscapingSlashes]
    var bytes: [UInt8] = []
    for document in documents {
      bytes += try encoder.encode(["text": String(decoding: document, as: UTF8.self)])
      bytes.append(UInt8(ascii: "\n"))
    }
    try FileContents.write(bytes, to: path)
  }

  static func read(_ path: String) throws -> [[UInt8]] {
    // A reader of text takes an empty file for a mistake; here it means that nothing is held out.
    guard try FileSystem.size(path) > 0 else { return [] }
    let reader = DocumentReader(paths: [path], textField: "text")
    var documents: [[UInt8]] = []
    while let document = try reader.next() { documents.append(document.bytes) }
    return documents
  }
}
