#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What a safetensors file says of its tensors, checked as a whole.
package struct SafetensorsHeader: Hashable, Sendable {
  /// What is said of one tensor.
  package struct Entry: Hashable, Sendable {
    package let type: String
    package let shape: [Int]
    /// Bytes of the numbers, counted from the end of the header.
    package let range: Range<Int>
  }

  /// The tensors by name.
  package let entries: [String: Entry]

  /// Reads a header.
  ///
  /// - Parameters:
  ///   - json: The header's bytes, without the eight that give its length.
  ///   - dataSize: Bytes in the file after the header.
  ///   - path: The file's name in errors.
  /// - Throws: ``ModelError`` with code `malformed`.
  init(json: [UInt8], dataSize: Int, path: String) throws(ModelError) {
    let stored: Stored
    do {
      stored = try JSONDecoder().decode(Stored.self, from: Data(json))
    } catch {
      throw ModelError(.malformed, path, "expected a JSON header of tensors, found other bytes")
    }
    if let name = RepeatedKeys.first(in: json) {
      throw ModelError(.malformed, path, "expected each name once, found \(name) twice")
    }
    let sizes = [
      "F64": 8, "I64": 8, "U64": 8, "F32": 4, "I32": 4, "U32": 4, "F16": 2, "BF16": 2, "I16": 2,
      "U16": 2, "I8": 1, "U8": 1, "BOOL": 1,
    ]
    var entries: [String: Entry] = [:]
    for (name, entry) in stored.entries {
      func malformed(_ reason: String) -> ModelError {
        ModelError(.malformed, path, "tensor \(name): \(reason)")
      }
      guard entry.data_offsets.count == 2, entry.data_offsets[0] >= 0,
        entry.data_offsets[0] <= entry.data_offsets[1], entry.data_offsets[1] <= dataSize
      else {
        throw malformed(
          "expected offsets within the file's \(dataSize) bytes of data, found \(entry.data_offsets)"
        )
      }
      let range = entry.data_offsets[0]..<entry.data_offsets[1]
      var count = 1
      for size in entry.shape {
        let (product, overflow) = count.multipliedReportingOverflow(by: size)
        guard size >= 0, !overflow else { throw malformed("impossible shape \(entry.shape)") }
        count = product
      }
      if let size = sizes[entry.dtype] {
        let (bytes, overflow) = count.multipliedReportingOverflow(by: size)
        guard !overflow, bytes == range.count else {
          throw malformed(
            "shape \(entry.shape) of \(entry.dtype) does not fit its \(range.count) bytes")
        }
      }
      entries[name] = Entry(type: entry.dtype, shape: entry.shape, range: range)
    }
    try Self.checkContiguous(entries, dataSize: dataSize, path)
    self.entries = entries
  }

  /// The format wants every byte to belong to exactly one tensor.
  private static func checkContiguous(
    _ entries: [String: Entry], dataSize: Int, _ path: String
  ) throws(ModelError) {
    var end = 0
    for (name, entry) in entries.sorted(by: {
      ($0.value.range.lowerBound, $0.value.range.upperBound, $0.key)
        < ($1.value.range.lowerBound, $1.value.range.upperBound, $1.key)
    }) {
      guard entry.range.lowerBound == end else {
        throw ModelError(
          .malformed, path,
          "tensor \(name): expected to start at byte \(end) of the data, found \(entry.range.lowerBound)"
        )
      }
      end = entry.range.upperBound
    }
    guard end == dataSize else {
      throw ModelError(
        .malformed, path, "expected \(end) bytes of data, found \(dataSize)")
    }
  }

  private struct StoredEntry: Decodable {
    let dtype: String
    let shape: [Int]
    let data_offsets: [Int]
  }

  private struct Stored: Decodable {
    var entries: [String: StoredEntry] = [:]

    struct Key: CodingKey {
      let stringValue: String
      var intValue: Int? { nil }
      init(stringValue: String) { self.stringValue = stringValue }
      init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: Key.self)
      for key in container.allKeys where key.stringValue != "__metadata__" {
        entries[key.stringValue] = try container.decode(StoredEntry.self, forKey: key)
      }
    }
  }
}
