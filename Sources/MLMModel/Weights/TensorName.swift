/// How one parameter of ours is stored under another family's names.
package struct TensorName: Hashable, Sendable {
  /// The name in the file.
  package let name: String
  /// The rows of the parameter that this tensor holds; all of them if nil.
  package let rows: Range<Int>?
  /// Another name that it may have in files that lack the first.
  package let alternative: String?
  /// A second name that readers look for, under which a file holds the same numbers once more.
  package let copyName: String?

  package init(
    _ name: String, rows: Range<Int>? = nil, alternative: String? = nil, copyName: String? = nil
  ) {
    self.name = name
    self.rows = rows
    self.alternative = alternative
    self.copyName = copyName
  }

  /// All names that the tensor may have, the usual one first.
  ///
  /// - Parameter prefix: What a file of the transformer alone leaves out.
  func candidates(prefix: String) -> [String] {
    [name, alternative].compactMap(\.self).flatMap { name in
      let short = name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : nil
      return [name, short].compactMap(\.self).flatMap { name in
        // Conversions of TensorFlow's first BERT kept its names.
        if name.hasSuffix("LayerNorm.weight") { return [name, name.dropLast(6) + "gamma"] }
        if name.hasSuffix("LayerNorm.bias") { return [name, name.dropLast(4) + "beta"] }
        return [name]
      }
    }
  }
}

extension ParameterLayout.Slot {
  /// The shape of some of the rows; of all if nil.
  func shape(ofRows rows: Range<Int>?) -> [Int] {
    rows.map { [$0.count] + shape.dropFirst() } ?? shape
  }
}
