import MLM
import MLMText

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Numbers that tell one model from another: of the files of its directory that embeddings depend on.
///
/// They are no protection against forgery.
enum ModelDigest {
  /// The digest of a model directory, 32 hexadecimal digits.
  ///
  /// - Throws: `FileError` where a file cannot be read.
  static func digest(of directory: String) throws -> String {
    var hash = Hash()
    for name in names(in: directory) {
      hash.add(Array(name.utf8))
      try hash.add(contentsOf: directory + "/" + name)
    }
    return hash.digits
  }

  /// The digest of the first bytes of a file.
  static func digest(ofBeginning path: String) throws -> String {
    var hash = Hash()
    try hash.add(contentsOf: path, atMost: 1 << 16)
    return hash.digits
  }

  /// Configuration, weights and tokenizer, and those of the folders of sentence-transformers modules,
  /// whose names begin with a digit; not what a run keeps beside its model.
  private static func names(in directory: String) -> [String] {
    let ofRuns = Set(RunFiles.names(in: directory))
    return FileSystem.names(in: directory).filter { !ofRuns.contains($0) }.flatMap { name in
      let path = directory + "/" + name
      guard FileSystem.isDirectory(path) else { return isPart(name) ? [name] : [] }
      guard name.first?.isNumber ?? false else { return [] }
      return FileSystem.names(in: path).filter(isPart).map { name + "/" + $0 }
    }
  }

  private static func isPart(_ name: String) -> Bool {
    [".json", ".safetensors", ".txt", ".model"].contains { name.hasSuffix($0) }
  }

  /// Two lanes of multiplication and rotation over eight bytes at a time.
  private struct Hash {
    private var first: UInt64 = 0x9E37_79B9_7F4A_7C15
    private var second: UInt64 = 0xC2B2_AE3D_27D4_EB4F

    var digits: String {
      [first, second].map { value in
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
      }.joined()
    }

    mutating func add(_ bytes: [UInt8]) { bytes.withUnsafeBytes { add($0) } }

    mutating func add(_ bytes: UnsafeRawBufferPointer) {
      var place = 0
      while place + 8 <= bytes.count {
        mix(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)))
        place += 8
      }
      var rest: UInt64 = 0
      for byte in bytes[place...] { rest = rest << 8 | UInt64(byte) }
      mix(rest)
      mix(UInt64(bytes.count))
    }

    /// Reads in blocks: mapped pages would count towards resident memory.
    mutating func add(contentsOf path: String, atMost limit: Int = .max) throws {
      let descriptor = open(path, O_RDONLY | O_CLOEXEC)
      guard descriptor >= 0 else {
        throw FileError(code: .unreadable, path: path, reason: System.message(errno))
      }
      defer { close(descriptor) }
      let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
      defer { block.deallocate() }
      var left = limit
      while left > 0 {
        // Blocks are filled, so that the digest does not depend on how much a call reads.
        var filled = 0
        let wanted = min(left, block.count)
        while filled < wanted {
          let count = read(descriptor, block.baseAddress! + filled, wanted - filled)
          if count == 0 { break }
          if count < 0 && errno == EINTR { continue }
          guard count > 0 else {
            throw FileError(code: .unreadable, path: path, reason: System.message(errno))
          }
          filled += count
        }
        if filled == 0 { return }
        add(UnsafeRawBufferPointer(rebasing: block[..<filled]))
        left -= filled
      }
    }

    private mutating func mix(_ value: UInt64) {
      first = (first ^ value) &* 0x9FB2_1C65_1E98_DF25
      first ^= first >> 29
      second = (second &+ value) &* 0xD6E8_FEB8_6659_FD93
      second = second << 31 | second >> 33
    }
  }
}
