import MLM

/// Numbers and nothing else: float32, little endian.
struct RawWriter: VectorWriter {
  func bytes(of embedding: Embedding) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(4 * embedding.values.count)
    for value in embedding.values {
      withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += $0 }
    }
    return bytes
  }
}
