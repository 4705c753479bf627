import MLMNumerics

/// One number for every parameter of a layout: weights, gradients, or an optimizer's moments.
///
/// Weights that are being used by several threads are never written; training owns the only writer.
/// Weights opened from a file may lie in the file itself, and are then never written at all.
package final class Parameters: @unchecked Sendable {
  package let layout: ParameterLayout
  /// Where each slot's numbers are.
  private let starts: [UnsafeMutablePointer<Float>]
  private let memory: FloatBuffer
  /// The files that slots lie in.
  private let mappings: [FileMapping]

  /// All zeros.
  package init(_ layout: ParameterLayout) {
    self.layout = layout
    let memory = FloatBuffer(count: layout.storageCount)
    self.memory = memory
    starts = layout.slots.map { memory.pointer + $0.start }
    mappings = []
  }

  /// All zeros, the layers one upon the other: for gradients that are fetched layer by layer.
  package init(sharingMemoryOfLayers layout: ParameterLayout) {
    self.layout = layout
    let (places, count) = layout.placesSharingLayers
    let memory = FloatBuffer(count: count)
    self.memory = memory
    starts = places.map { memory.pointer + $0 }
    mappings = []
  }

  /// Slots that lie in files, or in memory of their own.
  ///
  /// - Parameters:
  ///   - memory: What the other slots' numbers lie in.
  ///   - starts: Where each slot's numbers are.
  init(
    _ layout: ParameterLayout, memory: FloatBuffer, starts: [UnsafeMutablePointer<Float>],
    mappings: [FileMapping]
  ) {
    self.layout = layout
    self.memory = memory
    self.starts = starts
    self.mappings = mappings
  }

  /// All numbers, as the layout places them; not of weights that lie in a file.
  package var storage: FloatBuffer {
    precondition(memory.count == layout.storageCount && mappings.isEmpty, "weights of a file")
    return memory
  }

  /// The numbers of a slot as rows of its last dimension.
  package func matrix(_ slot: Int) -> Matrix {
    let columns = layout.slots[slot].shape.last ?? 0
    return Matrix(
      starts[slot], rows: columns == 0 ? 0 : layout.slots[slot].count / columns, columns: columns)
  }

  /// The first number of a slot.
  package func vector(_ slot: Int) -> UnsafeMutablePointer<Float> { starts[slot] }

  /// The numbers of a slot.
  package func values(_ slot: Int) -> UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(start: starts[slot], count: layout.slots[slot].count)
  }

  package func setToZero() {
    precondition(mappings.isEmpty, "weights of a file")
    memory.clear()
  }

  /// The same numbers in memory of their own.
  package func copy() -> Parameters {
    let copy = Parameters(layout)
    for (index, slot) in layout.slots.enumerated() {
      copy.starts[index].update(from: starts[index], count: slot.count)
    }
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
