extension Parameters {
  /// The tensors of a file, in the order of the layout, with the names that `names` gives each slot.
  ///
  /// - Parameter withCopies: Whether tensors that readers look for under two names are there twice.
  package func tensors(
    named names: (ParameterLayout.Slot) -> [TensorName], withCopies: Bool = false
  ) -> [TensorToWrite] {
    layout.slots.indices.flatMap { index in
      names(layout.slots[index]).flatMap { tensor in
        let (shape, values) = part(index, tensor.rows)
        let copies = withCopies ? [tensor.copyName].compactMap(\.self) : []
        return ([tensor.name] + copies).map {
          TensorToWrite(name: $0, shape: shape, values: UnsafeBufferPointer(values), owner: self)
        }
      }
    }
  }

  /// Whether every parameter is a number, and none infinite.
  package var isFinite: Bool {
    layout.slots.indices.allSatisfy { FiniteNumbers.areAll(in: values($0)) }
  }

  /// Reads every parameter from a file; where a tensor does not fit, none is changed.
  ///
  /// - Parameters:
  ///   - file: The weights.
  ///   - names: The names in the file of each slot.
  ///   - ignoring: Whether a tensor that no slot asks for may be there.
  /// - Throws: ``ModelError`` with code `mismatch` where a tensor is missing, misshapen or unexpected,
  ///   `unsupported` where its numbers are no floats, `unreadable` where reading fails.
  package func read(
    from file: SafetensorsFile, named names: (ParameterLayout.Slot) -> [TensorName],
    ignoring: (String) -> Bool
  ) throws(ModelError) {
    try layout.check(file, named: names, ignoring: ignoring)
    for index in layout.slots.indices {
      for tensor in names(layout.slots[index]) {
        let (shape, values) = part(index, tensor.rows)
        try file.read(tensor.name, shape: shape, into: values)
      }
    }
  }

  private func part(
    _ index: Int, _ rows: Range<Int>?
  ) -> (shape: [Int], values: UnsafeMutableBufferPointer<Float>) {
    let slot = layout.slots[index]
    let shape = slot.shape(ofRows: rows)
    guard let rows else { return (shape, values(index)) }
    let rowSize = slot.shape.dropFirst().reduce(1, *)
    return (
      shape,
      UnsafeMutableBufferPointer(
        rebasing: values(index)[rows.lowerBound * rowSize..<rows.upperBound * rowSize])
    )
  }
}

extension ParameterLayout {
  /// Compares the tensors that a file says it has with those asked for.
  fileprivate func check(
    _ file: SafetensorsFile, named names: (Slot) -> [TensorName], ignoring: (String) -> Bool
  ) throws(ModelError) {
    var unread = Set(file.entries.keys)
    for slot in slots {
      for tensor in names(slot) {
        try file.check(tensor.name, shape: slot.shape(ofRows: tensor.rows))
        unread.remove(tensor.name)
      }
    }
    if let unexpected = unread.filter({ !ignoring($0) }).min() {
      throw ModelError(
        .mismatch, file.path, "tensor \(unexpected) is not part of this architecture")
    }
  }
}
