/// The tokens of a vocabulary as a tree of bytes, for finding every token that a text begins with.
///
/// Nodes lie level by level, so the children of a node are neighbours, ordered by their bytes.
struct ByteTrie: Sendable {
  private var labels: [UInt8] = [0]
  private var firstChild: [Int32] = []
  private var ids: [Int32] = [-1]
  /// The child of the root for every byte, or -1.
  private var roots = [Int32](repeating: -1, count: 256)

  static let root: Int32 = 0

  private struct Key {
    /// The first eight bytes, most significant first.
    var prefix: UInt64
    var id: Int32
  }

  private struct Range {
    var start: Int
    var end: Int
  }

  /// Builds the tree of the tokens that `vocabulary` finds; of equal tokens the last counts.
  init(_ vocabulary: Vocabulary) {
    vocabulary.withTokens { token in
      var keys: [Key] = []
      keys.reserveCapacity(vocabulary.count)
      for id in 0..<vocabulary.count where vocabulary.isFindable(id) {
        guard let bytes = token(id), !bytes.isEmpty else { continue }
        var prefix: UInt64 = 0
        for i in 0..<8 { prefix = prefix << 8 | UInt64(i < bytes.count ? bytes[i] : 0) }
        keys.append(Key(prefix: prefix, id: Int32(id)))
      }
      keys.sort { a, b in
        if a.prefix != b.prefix { return a.prefix < b.prefix }
        guard let left = token(Int(a.id)), let right = token(Int(b.id)) else { return false }
        for i in 0..<min(left.count, right.count) where left[i] != right[i] {
          return left[i] < right[i]
        }
        return (left.count, a.id) < (right.count, b.id)
      }
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
            guard let bytes = token(Int(keys[i].id)), bytes.count > depth else {
              ids[node] = keys[i].id
              i += 1
              continue
            }
            let label = bytes[depth]
            let start = i
            i += 1
            while i < range.end, let bytes = token(Int(keys[i].id)), bytes[depth] == label {
              i += 1
            }
            labels.append(label)
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
    for child in Int(firstChild[0])..<Int(firstChild[1]) {
      roots[Int(labels[child])] = Int32(child)
    }
  }

  /// Returns the child of `node` for `byte`, or -1.
  @inline(__always)
  func child(_ node: Int32, _ byte: UInt8) -> Int32 {
    if node == Self.root { return roots[Int(byte)] }
    var low = Int(firstChild[Int(node)])
    var high = Int(firstChild[Int(node) + 1])
    while high - low > 8 {
      let middle = (low + high) / 2
      if labels[middle] <= byte { low = middle } else { high = middle }
    }
    while low < high {
      if labels[low] == byte { return Int32(low) }
      low += 1
    }
    return -1
  }

  /// Returns the token that ends at `node`, or -1.
  @inline(__always)
  func id(_ node: Int32) -> Int32 { ids[Int(node)] }

  /// Returns the node at the end of `bytes`, or -1.
  func node(of bytes: some Sequence<UInt8>) -> Int32 {
    var node = Self.root
    for byte in bytes {
      node = child(node, byte)
      if node < 0 { return -1 }
    }
    return node
  }
}
