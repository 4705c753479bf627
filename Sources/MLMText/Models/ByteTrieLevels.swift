/// Builds a tree of bytes level by level from the tokens in order.
struct ByteTrieLevels {
  private(set) var labels: [UInt8] = [0]
  /// Where the children of each node begin; one more than there are nodes.
  private(set) var firstChild: [Int32] = []
  private(set) var ids: [Int32] = [-1]
  /// The length of the longest token.
  private(set) var depth = 0

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
    vocabulary.withTokens { token in
      var keys: [Key] = []
      keys.reserveCapacity(vocabulary.count)
      for id in 0..<vocabulary.count where vocabulary.isFindable(id) {
        guard let bytes = token(id), !bytes.isEmpty else { continue }
        var prefix: UInt64 = 0
        for i in 0..<8 { prefix = prefix << 8 | UInt64(i < bytes.count ? bytes[i] : 0) }
        keys.append(Key(prefix: prefix, id: Int32(id), count: Int32(bytes.count)))
      }
      Self.sort(&keys, token)
      // In order, the bytes of neighbours lie side by side, as they are looked at.
      var text: [UInt8] = []
      var starts: [Int] = []
      starts.reserveCapacity(keys.count)
      for key in keys {
        starts.append(text.count)
        depth = max(depth, Int(key.count))
        if let bytes = token(Int(key.id)) { text.append(contentsOf: bytes) }
      }
      build(keys, starts, text)
    }
  }

  private mutating func build(_ keys: [Key], _ starts: [Int], _ text: [UInt8]) {
    var (labels, firstChild, ids) = (labels, firstChild, ids)
    labels.reserveCapacity(text.count + 1)
    firstChild.reserveCapacity(text.count + 2)
    ids.reserveCapacity(text.count + 1)
    keys.withUnsafeBufferPointer { keys in
      starts.withUnsafeBufferPointer { starts in
        text.withUnsafeBufferPointer { text in
          Self.build(keys, starts, text, &labels, &firstChild, &ids)
        }
      }
    }
    (self.labels, self.firstChild, self.ids) = (labels, firstChild, ids)
  }

  private static func build(
    _ keys: UnsafeBufferPointer<Key>, _ starts: UnsafeBufferPointer<Int>,
    _ text: UnsafeBufferPointer<UInt8>, _ labels: inout [UInt8], _ firstChild: inout [Int32],
    _ ids: inout [Int32]
  ) {
    var ranges = [Range(start: 0, end: keys.count)]
    var next: [Range] = []
    var depth = 0
    var node = 0
    while !ranges.isEmpty {
      next.removeAll(keepingCapacity: true)
      for range in ranges {
        firstChild.append(Int32(labels.count))
        var i = range.start
        while i < range.end {
          guard Int(keys[i].count) > depth else {
            ids[node] = keys[i].id
            i += 1
            continue
          }
          let byte = text[starts[i] + depth]
          let start = i
          i += 1
          while i < range.end, text[starts[i] + depth] == byte { i += 1 }
          labels.append(byte)
          ids.append(-1)
          next.append(Range(start: start, end: i))
        }
        node += 1
      }
      swap(&ranges, &next)
      depth += 1
    }
    firstChild.append(Int32(labels.count))
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
