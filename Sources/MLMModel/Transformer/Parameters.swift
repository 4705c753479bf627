import MLMNumerics

/// One number for every parameter of a layout: weights, gradients, or an optimizer's moments.
///
/// Weights that are being used by several threads are never written; training owns the only writer.
package final class Parameters: @unchecked Sendable {
  package let layout: ParameterLayout
  package let storage: FloatBuffer

  /// All zeros.
  package init(_ layout: ParameterLayout) {
    self.layout = layout
    storage = FloatBuffer(count: layout.storageCount)
  }

  /// The numbers of a slot as rows of its last dimension.
  package func matrix(_ slot: Int) -> Matrix {
    let slot = layout.slots[slot]
    let columns = slot.shape[slot.shape.count - 1]
    return Matrix(
      storage.pointer + slot.start, rows: columns == 0 ? 0 : slot.count / columns, columns: columns)
  }

  /// The first number of a slot.
  package func vector(_ slot: Int) -> UnsafeMutablePointer<Float> {
    storage.pointer + layout.slots[slot].start
  }

  /// The numbers of a slot.
  package func values(_ slot: Int) -> UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(start: vector(slot), count: layout.slots[slot].count)
  }

  package func setToZero() {
    storage.pointer.update(repeating: 0, count: storage.count)
  }

  package func copy() -> Parameters {
    let copy = Parameters(layout)
    copy.storage.pointer.update(from: storage.pointer, count: storage.count)
    return copy
  }

  /// Copies every slot that `other` has under the same name and shape; returns the names of the rest.
  package func copyShared(from other: Parameters) -> [String] {
    var places: [String: Int] = [:]
    for (index, slot) in other.layout.slots.enumerated() { places[slot.name] = index }
    var missing: [String] = []
    for (index, slot) in layout.slots.enumerated() {
      if let source = places[slot.name], other.layout.slots[source].shape == slot.shape {
        vector(index).update(from: other.vector(source), count: slot.count)
      } else {
        missing.append(slot.name)
      }
    }
    return missing
  }
}
