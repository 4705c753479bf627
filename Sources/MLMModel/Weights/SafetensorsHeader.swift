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
    let tensors = try Self.tensors(json, path)
    var entries: [String: Entry] = [:]
    entries.reserveCapacity(tensors.count)
    for (name, tensor) in tensors {
      let entry: Entry
      do throws(ModelError) { entry = try Self.entry(tensor, dataSize: dataSize) } catch {
        throw ModelError(.malformed, path, "tensor \(name): \(error.reason)")
      }
      if entries.updateValue(entry, forKey: name) != nil { throw Self.repeated(name, path) }
    }
    try Self.checkContiguous(tensors, dataSize: dataSize, path)
    self.entries = entries
  }

  private static func tensors(
    _ json: [UInt8], _ path: String
  ) throws(ModelError) -> [(name: String, tensor: HeaderScanner.Tensor)] {
    do throws(HeaderScanner.Problem) {
      return try json.withUnsafeBufferPointer { bytes throws(HeaderScanner.Problem) in
        var scanner = HeaderScanner(bytes)
        return try scanner.tensors()
      }
    } catch {
      switch error {
      case .malformed:
        throw ModelError(.malformed, path, "expected a JSON header of tensors, found other bytes")
      case .repeated(let name): throw repeated(name, path)
      }
    }
  }

  private static func repeated(_ name: String, _ path: String) -> ModelError {
    ModelError(.malformed, path, "expected each name once, found \(name) twice")
  }

  /// What is said of a tensor, where type, shape and offsets fit each other and the file.
  private static func entry(
    _ tensor: HeaderScanner.Tensor, dataSize: Int
  ) throws(ModelError) -> Entry {
    let (shape, offsets) = (tensor.shape, tensor.offsets)
    guard offsets.count == 2, offsets[0] >= 0, offsets[0] <= offsets[1], offsets[1] <= dataSize
    else {
      throw ModelError(
        .malformed, "",
        "expected offsets within the file's \(dataSize) bytes of data, found \(offsets)")
    }
    let range = offsets[0]..<offsets[1]
    var count = 1
    for size in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: size)
      guard size >= 0, !overflow else {
        throw ModelError(.malformed, "", "impossible shape \(shape)")
      }
      count = product
    }
    if let size = size(of: tensor.type) {
      let (bytes, overflow) = count.multipliedReportingOverflow(by: size)
      guard !overflow, bytes == range.count else {
        throw ModelError(
          .malformed, "",
          "shape \(shape) of \(tensor.type) does not fit its \(range.count) bytes")
      }
    }
    return Entry(type: tensor.type, shape: shape, range: range)
  }

  /// Bytes of a number; nil of types that are not known.
  private static func size(of type: String) -> Int? {
    switch type {
    case "F64", "I64", "U64": 8
    case "F32", "I32", "U32": 4
    case "F16", "BF16", "I16", "U16": 2
    case "I8", "U8", "BOOL": 1
    default: nil
    }
  }

  /// The format wants every byte to belong to exactly one tensor.
  private static func checkContiguous(
    _ tensors: [(name: String, tensor: HeaderScanner.Tensor)], dataSize: Int, _ path: String
  ) throws(ModelError) {
    var end = 0
    // Files have their tensors in the order of their bytes: then nothing is moved.
    for (name, tensor) in tensors.sorted(by: {
      ($0.tensor.offsets[0], $0.tensor.offsets[1], $0.name)
        < ($1.tensor.offsets[0], $1.tensor.offsets[1], $1.name)
    }) {
      guard tensor.offsets[0] == end else {
        throw ModelError(
          .malformed, path,
          "tensor \(name): expected to start at byte \(end) of the data, found \(tensor.offsets[0])"
        )
      }
      end = tensor.offsets[1]
    }
    guard end == dataSize else {
      throw ModelError(
        .malformed, path, "expected \(end) bytes of data, found \(dataSize)")
    }
  }
}
