/// Builds a tree of bytes level by level from the tokens in order.
///
/// The memory belongs to whoever asked for it.
struct ByteTrieLevels {
  /// The byte that leads to each node; eight can be read from any on.
  let labels: UnsafeMutablePointer<UInt8>
  /// The nodes, and one after the last.
  let nodes: UnsafeMutablePointer<ByteTrieNode>
  /// The length of the longest token.
  let depth: Int

  private struct Key {
    /// The first eight bytes, most significant first, and zeros.
    var prefix: UInt64
    var id: Int32
    var count: Int32
  }

  private struct Range {
    var start: Int
    var end: Int
  }

  /// Takes the tokens that `vocabulary` finds; of equal tokens the last counts.
  init(_ vocabulary: Vocabulary) {
    (labels, nodes, depth) = vocabulary.withTokens { token in
      var keys: [Key] = []
      keys.reserveCapacity(vocabulary.count)
      var byteCount = 0
      var depth = 0
      for id in 0..<vocabulary.count where vocabulary.isFindable(id) {
        guard let bytes = token(id), let base = bytes.baseAddress, !bytes.isEmpty else { continue }
        var prefix: UInt64 = 0
        if bytes.count >= 8 {
          prefix = UnsafeRawPointer(base).loadUnaligned(as: UInt64.self).bigEndian
        } else {
          for byte in bytes { prefix = prefix << 8 | UInt64(byte) }
          prefix <<= UInt64(8 * (8 - bytes.count))
        }
        keys.append(Key(prefix: prefix, id: Int32(id), count: Int32(bytes.count)))
        byteCount += bytes.count
        depth = max(depth, bytes.count)
      }
      Self.sort(&keys, token)
      // Most nodes there can be: one a byte, the root, and the one after the last.
      let labels = UnsafeMutablePointer<UInt8>.allocate(capacity: byteCount + 9)
      let nodes = UnsafeMutablePointer<ByteTrieNode>.allocate(capacity: byteCount + 2)
      // In order, the bytes of neighbours lie side by side, as they are looked at.
      withUnsafeTemporaryAllocation(of: UInt8.self, capacity: byteCount + 1) { text in
        withUnsafeTemporaryAllocation(of: Int.self, capacity: keys.count + 1) { starts in
          guard let text = text.baseAddress, let starts = starts.baseAddress else { return }
          var place = 0
          for index in keys.indices {
            starts[index] = place
            guard let bytes = token(Int(keys[index].id)), let base = bytes.baseAddress else {
              continue
            }
            (text + place).update(from: base, count: bytes.count)
            place += bytes.count
          }
          keys.withUnsafeBufferPointer { Self.build($0, starts, text, labels, nodes) }
        }
      }
      return (labels, nodes, depth)
    }
  }

  private static func build(
    _ keys: UnsafeBufferPointer<Key>, _ starts: UnsafePointer<Int>, _ text: UnsafePointer<UInt8>,
    _ labels: UnsafeMutablePointer<UInt8>, _ nodes: UnsafeMutablePointer<ByteTrieNode>
  ) {
    labels[0] = 0
    nodes[0] = ByteTrieNode(firstChild: 1, id: -1)
    var count = 1
    var ranges = [Range(start: 0, end: keys.count)]
    var next: [Range] = []
    var depth = 0
    var node = 0
    while !ranges.isEmpty {
      next.removeAll(keepingCapacity: true)
      for range in ranges {
        nodes[node].firstChild = Int32(truncatingIfNeeded: count)
        var i = range.start
        while i < range.end {
          guard Int(keys[i].count) > depth else {
            nodes[node].id = keys[i].id
            i += 1
            continue
          }
          let byte = text[starts[i] + depth]
          let start = i
          i += 1
          while i < range.end, text[starts[i] + depth] == byte { i += 1 }
          labels[count] = byte
          nodes[count] = ByteTrieNode(firstChild: 0, id: -1)
          count += 1
          next.append(Range(start: start, end: i))
        }
        node += 1
      }
      swap(&ranges, &next)
      depth += 1
    }
    nodes[count] = ByteTrieNode(firstChild: Int32(truncatingIfNeeded: count), id: -1)
    (labels + count).initialize(repeating: 0, count: 8)
  }

  /// Orders keys by their bytes, equal ones by their identifiers.
  ///
  /// Prefixes are sorted byte by byte, least significant first, each time keeping the order of
  /// equals; only keys whose first eight bytes are equal are compared.
  private static func sort(_ keys: inout [Key], _ token: (Int) -> UnsafeBufferPointer<UInt8>?) {
    var other = keys
    var counts = [Int](repeating: 0, count: 256)
    for shift in stride(from: UInt64(0), to: 64, by: 8) {
      for i in 0..<256 { counts[i] = 0 }
      for key in keys { counts[Int(key.prefix >> shift & 0xFF)] += 1 }
      if counts.contains(keys.count) { continue }
      var place = 0
      for i in 0..<256 { (counts[i], place) = (place, place + counts[i]) }
      for key in keys {
        let byte = Int(key.prefix >> shift & 0xFF)
        other[counts[byte]] = key
        counts[byte] += 1
      }
      swap(&keys, &other)
    }
    var start = 0
    while start < keys.count {
      var end = start + 1
      while end < keys.count, keys[end].prefix == keys[start].prefix { end += 1 }
      if end - start > 1 {
        keys[start..<end].sort { a, b in
          guard let left = token(Int(a.id)), let right = token(Int(b.id)) else { return false }
          for i in 0..<min(left.count, right.count) where left[i] != right[i] {
            return left[i] < right[i]
          }
          return (left.count, a.id) < (right.count, b.id)
        }
      }
      start = end
    }
  }
}
