import MLMModel
import MLMNumerics

/// The gradients of one piece of a step, on their way into the sum over the pieces; one per thread.
///
/// A backward pass is done with a layer before it comes to the one below. So the gradients of a layer
/// are added to the sum at once, and all layers share the memory of one.
package final class PieceGradients {
  /// Where a backward pass adds gradients; the layers lie in the same memory.
  package let parameters: Parameters
  private let sum: Parameters
  private let processor: Processor
  private var isFirstPiece = true

  /// The stages of a piece that take turns: each layer, and what belongs to none.
  static func stageCount(_ layout: ParameterLayout) -> Int { layout.layerSlots.count + 1 }

  /// - Parameter sum: The gradients of the step.
  init(addingTo sum: Parameters, on processor: Processor) {
    parameters = Parameters(sharingMemoryOfLayers: sum.layout)
    self.sum = sum
    self.processor = processor.recorded(as: .gradients)
  }

  /// Sets the gradients to zero.
  func begin(piece: Int) {
    isFirstPiece = piece == 0
    Profile.shared.measure(.gradients) { parameters.setToZero() }
  }

  /// Adds a layer's gradients to the sum, and sets them to zero for the layer below.
  func addLayer(_ layer: Int) {
    let slots = parameters.layout.layerSlots[layer]
    add(slots)
    Profile.shared.measure(.gradients) {
      for slot in slots { parameters.values(slot).update(repeating: 0) }
    }
  }

  /// Adds to the sum what belongs to no layer.
  func addRest() { add(parameters.layout.slotsOutsideLayers) }

  private func add(_ slots: some Sequence<Int>) {
    for slot in slots {
      let (sum, part) = (sum.matrix(slot), parameters.matrix(slot))
      if isFirstPiece {
        Profile.shared.measure(.gradients) { sum.copy(from: part) }
      } else {
        processor.add(sum, part)
      }
    }
  }
}
