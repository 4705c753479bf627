extension Processor {
  /// losses[i] = −log softmax(xᵢ)[targetᵢ].
  ///
  /// logits x: (T, V)   targets, losses: (T)
  ///
  /// The logits become the probabilities, in place. The loss is finite wherever the logits are.
  package func crossEntropyForward(
    logits: Matrix, targets: UnsafePointer<Int32>, losses: UnsafeMutablePointer<Float>
  ) {
    requireTargets(targets, in: logits)
    measure(.head) { kernels.pointee.cross_entropy_forward(logits.kernel, targets, losses) }
  }

  /// dx = (p − onehot(target))·scale, in place of the probabilities p the forward pass left.
  package func crossEntropyBackward(logits: Matrix, targets: UnsafePointer<Int32>, scale: Float) {
    requireTargets(targets, in: logits)
    measure(.head) { kernels.pointee.cross_entropy_backward(logits.kernel, targets, scale) }
  }

  private func requireTargets(_ targets: UnsafePointer<Int32>, in logits: Matrix) {
    for i in 0..<logits.rows {
      precondition(
        targets[i] >= 0 && Int(targets[i]) < logits.columns,
        "target \(targets[i]) is none of \(logits.columns) classes")
    }
  }
}
