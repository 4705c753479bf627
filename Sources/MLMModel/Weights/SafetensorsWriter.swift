#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// One tensor to be written: float32, row-major.
package struct TensorToWrite {
  package let name: String
  package let shape: [Int]
  package let values: UnsafeBufferPointer<Float>
  /// What holds the numbers, where somebody must.
  private let owner: AnyObject?

  /// Names numbers.
  ///
  /// - Parameters:
  ///   - name: The tensor's name.
  ///   - shape: Its shape.
  ///   - values: Its numbers.
  ///   - owner: What must live as long as they are used; nil where the caller sees to that.
  package init(
    name: String, shape: [Int], values: UnsafeBufferPointer<Float>, owner: AnyObject? = nil
  ) {
    self.name = name
    self.shape = shape
    self.values = values
    self.owner = owner
  }
}

/// Writes tensors in the safetensors format (huggingface.co/docs/safetensors).
///
/// The header is padded so that the numbers start at a multiple of 64 bytes: readers that map the
/// file can use them in place.
package enum SafetensorsWriter {
  /// Hands the file to `sink` piece by piece, in order.
  package static func write<Failure: Error>(
    _ tensors: [TensorToWrite], to sink: (UnsafeRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    let header = header(of: tensors)
    var failure: Failure?
    var prefix = withUnsafeBytes(of: UInt64(header.count).littleEndian, Array.init)
    prefix += header
    prefix.withUnsafeBytes { bytes in
      do throws(Failure) { try sink(bytes) } catch { failure = error }
    }
    if let failure { throw failure }
    // The format is little-endian, as every machine Swift runs on is.
    for tensor in tensors { try sink(UnsafeRawBufferPointer(tensor.values)) }
  }

  private static func header(of tensors: [TensorToWrite]) -> [UInt8] {
    // transformers refuses a file whose metadata lacks its format.
    var json = #"{"__metadata__":{"format":"pt"}"#
    var start = 0
    for tensor in tensors {
      let end = start + tensor.values.count * 4
      let shape = tensor.shape.map(String.init).joined(separator: ",")
      json += #",""# + tensor.name + #"":{"dtype":"F32","shape":["# + shape
      json += #"],"data_offsets":["# + "\(start),\(end)]}"
      start = end
    }
    var bytes = Array((json + "}").utf8)
    while (bytes.count + 8) % 64 != 0 { bytes.append(UInt8(ascii: " ")) }
    return bytes
  }
}
