import MLMNumerics

/// One number for every parameter of a layout: weights, gradients, or an optimizer's moments.
///
/// Weights that are being used by several threads are never written; training owns the only writer.
/// Weights opened from a file may lie in the file itself, and are then never written at all.
package final class Parameters: @unchecked Sendable {
  package let layout: ParameterLayout
  /// Where each slot's numbers are, of slots that lie in one place.
  private let starts: [UnsafeMutablePointer<Float>]
  /// The slots that lie in several places, by their numbers; empty where there are none.
  private let scattered: [ScatteredRows?]
  private let memory: FloatBuffer
  /// The files that slots lie in.
  private let mappings: [FileMapping]

  /// All zeros.
  package init(_ layout: ParameterLayout) {
    self.layout = layout
    let memory = FloatBuffer(count: layout.storageCount)
    self.memory = memory
    starts = layout.slots.map { memory.pointer + $0.start }
    scattered = []
    mappings = []
  }

  /// All zeros, the layers one upon the other: for gradients that are fetched layer by layer.
  package init(sharingMemoryOfLayers layout: ParameterLayout) {
    self.layout = layout
    let (places, count) = layout.placesSharingLayers
    let memory = FloatBuffer(count: count)
    self.memory = memory
    starts = places.map { memory.pointer + $0 }
    scattered = []
    mappings = []
  }

  /// Slots that lie in files, or in memory of their own.
  ///
  /// - Parameters:
  ///   - memory: What the other slots' numbers lie in.
  ///   - starts: Where each slot's numbers are; of scattered ones, the first.
  ///   - scattered: For each slot that lies in several places, where.
  init(
    _ layout: ParameterLayout, memory: FloatBuffer, starts: [UnsafeMutablePointer<Float>],
    scattered: [ScatteredRows?], mappings: [FileMapping]
  ) {
    self.layout = layout
    self.memory = memory
    self.starts = starts
    self.scattered = scattered.contains { $0 != nil } ? scattered : []
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
      vector(slot), rows: columns == 0 ? 0 : layout.slots[slot].count / columns, columns: columns)
  }

  /// The rows of a slot that lies in several places, in their order; nil for one that does not.
  ///
  /// Products by these need no copy, which the others that ask for the slot make.
  package func scatteredRows(_ slot: Int) -> [Matrix]? {
    scattered.isEmpty ? nil : scattered[slot]?.parts
  }

  /// The first number of a slot.
  package func vector(_ slot: Int) -> UnsafeMutablePointer<Float> {
    if !scattered.isEmpty, let scattered = scattered[slot] { return scattered.joined }
    return starts[slot]
  }

  /// The numbers of a slot.
  package func values(_ slot: Int) -> UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(start: vector(slot), count: layout.slots[slot].count)
  }

  package func setToZero() {
    precondition(mappings.isEmpty, "weights of a file")
    memory.clear()
  }

  /// The same numbers in memory of their own.
  package func copy() -> Parameters {
    let copy = Parameters(layout)
    for (index, slot) in layout.slots.enumerated() {
      copy.starts[index].update(from: vector(index), count: slot.count)
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
