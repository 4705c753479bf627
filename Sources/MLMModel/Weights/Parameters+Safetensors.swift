/// How one parameter of ours is stored under another family's names.
package struct TensorName: Hashable, Sendable {
  /// The name in the file.
  package let name: String
  /// The rows of the parameter that this tensor holds; all of them if nil.
  package let rows: Range<Int>?

  package init(_ name: String, rows: Range<Int>? = nil) {
    self.name = name
    self.rows = rows
  }
}

extension Parameters {
  /// The tensors of a file, in the order of the layout, with the names that `names` gives each slot.
  package func tensors(named names: (ParameterLayout.Slot) -> [TensorName]) -> [TensorToWrite] {
    layout.slots.indices.flatMap { index in
      names(layout.slots[index]).map { tensor in
        let (shape, values) = part(index, tensor.rows)
        return TensorToWrite(
          name: tensor.name, shape: shape, values: UnsafeBufferPointer(values))
      }
    }
  }

  /// Reads every parameter from a file.
  ///
  /// - Parameters:
  ///   - file: The weights.
  ///   - names: The names in the file of each slot.
  ///   - ignoring: Whether a tensor that no slot asks for may be there.
  /// - Throws: ``ModelError`` with code `mismatch` where a tensor is missing, misshapen or unexpected.
  package func read(
    from file: SafetensorsFile, named names: (ParameterLayout.Slot) -> [TensorName],
    ignoring: (String) -> Bool
  ) throws(ModelError) {
    var unread = Set(file.entries.keys)
    for index in layout.slots.indices {
      for tensor in names(layout.slots[index]) {
        let (shape, values) = part(index, tensor.rows)
        try file.read(tensor.name, shape: shape, into: values)
        unread.remove(tensor.name)
      }
    }
    if let unexpected = unread.filter({ !ignoring($0) }).min() {
      throw ModelError(
        .mismatch, file.path, "tensor \(unexpected) is not part of this architecture")
    }
  }

  private func part(
    _ index: Int, _ rows: Range<Int>?
  ) -> (shape: [Int], values: UnsafeMutableBufferPointer<Float>) {
    let slot = layout.slots[index]
    guard let rows, slot.shape.count == 2 else { return (slot.shape, values(index)) }
    let columns = slot.shape[1]
    return (
      [rows.count, columns],
      UnsafeMutableBufferPointer(
        rebasing: values(index)[rows.lowerBound * columns..<rows.upperBound * columns])
    )
  }
}
