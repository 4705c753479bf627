/// The tokens of a vocabulary as a tree of bytes, for finding every token that a text begins with.
///
/// Nodes lie level by level, so the children of a node are neighbours, ordered by their bytes. The
/// memory is read without bounds checks: nodes come from the tree alone.
final class ByteTrie: @unchecked Sendable {
  private let labels: UnsafeMutablePointer<UInt8>
  private let nodes: UnsafeMutablePointer<ByteTrieNode>
  /// The child of the root for every byte, or -1.
  private let roots: UnsafeMutablePointer<Int32>

  /// The length of the longest token.
  let depth: Int

  static let root: Int32 = 0

  /// Builds the tree of the tokens that `vocabulary` finds; of equal tokens the last counts.
  init(_ vocabulary: Vocabulary) {
    let levels = ByteTrieLevels(vocabulary)
    depth = levels.depth
    labels = levels.labels
    nodes = levels.nodes
    roots = .allocate(capacity: 256)
    roots.initialize(repeating: -1, count: 256)
    for child in Int(nodes[0].firstChild)..<Int(nodes[1].firstChild) {
      roots[Int(labels[child])] = Int32(child)
    }
  }

  deinit {
    labels.deallocate()
    nodes.deallocate()
    roots.deallocate()
  }

  /// Returns the child of `node` for `byte`, or -1.
  @inline(__always)
  func child(_ node: Int32, _ byte: UInt8) -> Int32 {
    if node == Self.root { return roots[Int(byte)] }
    var low = Int(nodes[Int(node)].firstChild)
    var high = Int(nodes[Int(node) + 1].firstChild)
    while high - low > 8 {
      let middle = (low + high) / 2
      if labels[middle] <= byte { low = middle } else { high = middle }
    }
    // Eight are compared at once: the lowest byte that becomes zero is the lowest whose high bit is
    // set here. Where there is none, the place is beyond them.
    let ones: UInt64 = 0x0101_0101_0101_0101
    let eight = UnsafeRawPointer(labels + low).loadUnaligned(as: UInt64.self).littleEndian
    let differences = eight ^ (UInt64(byte) &* ones)
    let zeros = (differences &- ones) & ~differences & (0x80 &* ones)
    let place = low + zeros.trailingZeroBitCount / 8
    return place < high ? Int32(truncatingIfNeeded: place) : -1
  }

  /// Returns the token that ends at `node`, or -1.
  @inline(__always)
  func id(_ node: Int32) -> Int32 { nodes[Int(node)].id }

  /// Calls `body` with every node but the root, its parent and its byte, level by level.
  func forEachNode(_ body: (_ node: Int, _ parent: Int, _ byte: UInt8) -> Void) {
    var parent = 0
    var end = 1
    while parent < end {
      let first = end
      end = Int(nodes[parent + 1].firstChild)
      for node in first..<end { body(node, parent, labels[node]) }
      parent += 1
    }
  }

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

/// What a tree of bytes knows of a node; what is asked together lies together.
struct ByteTrieNode {
  /// Where the children begin; those of the next node begin where they end.
  var firstChild: Int32
  /// The token that ends here, or -1.
  var id: Int32
}
