import CMLMKernels

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Adam with decoupled weight decay (Loshchilov, Hutter 2019), as `torch.optim.AdamW` computes it.
package struct AdamW: Hashable, Sendable {
  package var learningRate: Double
  package var beta1: Double
  package var beta2: Double
  package var epsilon: Double
  package var weightDecay: Double

  package init(
    learningRate: Double, beta1: Double = 0.9, beta2: Double = 0.98, epsilon: Double = 1e-8,
    weightDecay: Double = 0.01
  ) {
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
  }

  /// Takes one step on `count` parameters, updating both moments.
  ///
  /// Elements do not depend on each other: a large array may be cut into pieces anywhere.
  ///
  /// - Parameters:
  ///   - step: The number of this step; the first is 1, with both moments 0 before it.
  ///   - decays: Whether weight decay applies.
  ///   - gradientScale: What gradients are multiplied by first, as clipping needs it.
  package func step(
    parameters: UnsafeMutablePointer<Float>, gradients: UnsafePointer<Float>,
    firstMoment: UnsafeMutablePointer<Float>, secondMoment: UnsafeMutablePointer<Float>,
    count: Int, step: Int, decays: Bool, gradientScale: Float = 1,
    on processor: Processor = .current
  ) {
    precondition(step >= 1, "the first step is 1")
    let t = Double(step)
    let factors = mlm_adamw(
      decay_factor: Float(1 - (decays ? learningRate * weightDecay : 0)),
      beta1_rest: Float(1 - beta1), beta2: Float(beta2), beta2_rest: Float(1 - beta2),
      step_size: Float(learningRate / (1 - pow(beta1, t))),
      inverse_root_correction: Float(1 / (1 - pow(beta2, t)).squareRoot()),
      epsilon: Float(epsilon), gradient_scale: gradientScale)
    processor.measure(.optimizer) {
      processor.kernels.pointee.adamw(
        parameters, gradients, firstMoment, secondMoment, count, factors)
    }
  }
}
