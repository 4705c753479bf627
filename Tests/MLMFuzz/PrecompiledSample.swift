/// Builds the table of a `Precompiled` normalizer: a double array over UTF-8 and its replacements.
enum PrecompiledSample {
  private struct Node {
    var children: [UInt8: Int] = [:]
    /// Where the replacement begins.
    var value: Int?
  }

  /// The table as base64, for keys and what replaces them.
  static func base64(_ rules: [(String, String)]) -> String {
    var nodes = [Node()]
    var replacements: [UInt8] = []
    for (key, replacement) in rules {
      var node = 0
      for byte in key.utf8 {
        if let child = nodes[node].children[byte] {
          node = child
        } else {
          nodes.append(Node())
          nodes[node].children[byte] = nodes.count - 1
          node = nodes.count - 1
        }
      }
      nodes[node].value = replacements.count
      replacements += Array(replacement.utf8) + [0]
    }
    // Each node has 256 places of its own for its children, so that none can meet another's.
    var units = [UInt32](repeating: 0, count: 256 * (nodes.count + 1))
    func fill(_ node: Int, at place: Int) {
      let base = 256 * (node + 1)
      let offset = UInt32(base ^ place)
      units[place] |= offset << 10
      if let value = nodes[node].value {
        units[place] |= 1 << 8
        units[base] = 1 << 31 | UInt32(value)
      }
      for (byte, child) in nodes[node].children {
        units[base ^ Int(byte)] = UInt32(byte)
        fill(child, at: base ^ Int(byte))
      }
    }
    fill(0, at: 0)
    var bytes: [UInt8] = []
    func append(_ number: UInt32) {
      for shift in stride(from: UInt32(0), to: 32, by: 8) {
        bytes.append(UInt8(truncatingIfNeeded: number >> shift))
      }
    }
    append(UInt32(4 * units.count))
    units.forEach(append)
    return base64(bytes + replacements)
  }

  /// The base64 of bytes.
  static func base64(_ bytes: [UInt8]) -> String {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    var text = ""
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let part = bytes[start..<min(start + 3, bytes.count)]
      let bits = part.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - part.count))
      for index in 0..<4 {
        text.append(index > part.count ? "=" : letters[bits >> (18 - 6 * index) & 63])
      }
    }
    return text
  }
}
