/// Finds tokens anywhere in a text, in time that does not depend on how long they are
/// (Aho and Corasick, "Efficient string matching", 1975).
package struct TokenSearch: Sendable {
  /// What is known of a node of the tree, which stands for the bytes that lead to it.
  private struct Node {
    /// How many bytes those are.
    var length: Int32 = 0
    /// The node of the longest true ending of those bytes that is in the tree.
    var ending = ByteTrie.root
    /// The longest token that those bytes end with, and its length; or -1.
    var token: Int32 = -1
    var tokenLength: Int32 = 0
  }

  private let trie: ByteTrie
  private let nodes: [Node]

  /// Takes the tokens; of equal ones the last is found.
  package init(_ tokens: Vocabulary) {
    let trie = ByteTrie(tokens)
    var nodes = [Node()]
    trie.forEachNode { node, parent, byte in
      var new = Node(length: nodes[parent].length + 1)
      if parent > 0 {
        new.ending = Self.next(trie, nodes, nodes[parent].ending, byte)
      }
      let id = trie.id(Int32(node))
      (new.token, new.tokenLength) =
        id >= 0
        ? (id, new.length) : (nodes[Int(new.ending)].token, nodes[Int(new.ending)].tokenLength)
      nodes.append(new)
    }
    self.trie = trie
    self.nodes = nodes
  }

  /// The node of the longest ending of the bytes of `node` and `byte` that is in the tree.
  private static func next(
    _ trie: ByteTrie, _ nodes: [Node], _ node: Int32, _ byte: UInt8
  ) -> Int32 {
    var node = node
    while true {
      let child = trie.child(node, byte)
      if child >= 0 { return child }
      if node == ByteTrie.root { return node }
      node = nodes[Int(node)].ending
    }
  }

  /// Returns the leftmost token in `text` from `start` on, of those that begin there the longest.
  ///
  /// `skip` is asked where no token has begun; it returns the next place where one may, or nil.
  package func first(
    in text: UnsafeBufferPointer<UInt8>, from start: Int, skip: (Int) -> Int?
  ) -> (id: Int32, range: Range<Int>)? {
    var node = ByteTrie.root
    var found: (id: Int32, range: Range<Int>)?
    var i = start
    while i < text.count {
      if node == ByteTrie.root {
        if found != nil { return found }
        guard let next = skip(i) else { return nil }
        i = next
      }
      node = Self.next(trie, nodes, node, text[i])
      i += 1
      let here = nodes[Int(node)]
      if let found, i - Int(here.length) > found.range.lowerBound { return found }
      guard here.token >= 0 else { continue }
      // A token found later that begins no later is the better one.
      let tokenStart = i - Int(here.tokenLength)
      if found.map({ tokenStart <= $0.range.lowerBound }) ?? true {
        found = (here.token, tokenStart..<i)
      }
    }
    return found
  }
}
