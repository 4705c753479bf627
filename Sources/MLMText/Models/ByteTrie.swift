/// The tokens of a vocabulary as a tree of bytes, for finding every token that a text begins with.
///
/// Nodes lie level by level, so the children of a node are neighbours, ordered by their bytes. The
/// memory is read without bounds checks: nodes come from the tree alone.
final class ByteTrie: @unchecked Sendable {
  private let labels: UnsafeMutablePointer<UInt8>
  private let firstChild: UnsafeMutablePointer<Int32>
  private let ids: UnsafeMutablePointer<Int32>
  /// The child of the root for every byte, or -1.
  private let roots: UnsafeMutablePointer<Int32>

  /// The length of the longest token.
  let depth: Int

  static let root: Int32 = 0

  /// Builds the tree of the tokens that `vocabulary` finds; of equal tokens the last counts.
  init(_ vocabulary: Vocabulary) {
    let levels = ByteTrieLevels(vocabulary)
    depth = levels.depth
    labels = .copy(of: levels.labels)
    firstChild = .copy(of: levels.firstChild)
    ids = .copy(of: levels.ids)
    roots = .allocate(capacity: 256)
    roots.initialize(repeating: -1, count: 256)
    for child in Int(firstChild[0])..<Int(firstChild[1]) {
      roots[Int(labels[child])] = Int32(child)
    }
  }

  deinit {
    labels.deallocate()
    firstChild.deallocate()
    ids.deallocate()
    roots.deallocate()
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
      if labels[low] == byte { return Int32(truncatingIfNeeded: low) }
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

extension UnsafeMutablePointer {
  /// New memory that holds what `elements` do.
  fileprivate static func copy(of elements: [Pointee]) -> UnsafeMutablePointer {
    let copy = UnsafeMutablePointer.allocate(capacity: max(elements.count, 1))
    copy.initialize(from: elements, count: elements.count)
    return copy
  }
}
