import CMLMKernels

/// A function applied to each number between two linear layers.
package enum ActivationFunction: String, CaseIterable, Hashable, Sendable {
  /// x·Φ(x), with Φ the standard normal distribution, within 2e-7 (Hendrycks, Gimpel 2016).
  case gelu
  /// The form of `gelu` with tanh, x·σ(2√(2/π)(x + 0.044715x³)).
  case geluTanh = "gelu_tanh"
  /// max(x, 0)
  case relu
  /// x·σ(x)
  case silu
  case tanh
  /// x itself.
  case identity
}

extension Processor {
  /// y = f(x), for each number.
  ///
  /// x, y: (T, C)
  package func activationForward(_ y: Matrix, _ x: Matrix, _ function: ActivationFunction) {
    requireSameShape(y, x)
    measure(.elementwise) {
      kernels.pointee.activation_forward(y.kernel, x.kernel, function.kernel)
    }
  }

  /// dx = dy·f′(x); `inputGradient` may be `outputGradient`.
  package func activationBackward(
    inputGradient dx: Matrix, outputGradient dy: Matrix, input x: Matrix,
    _ function: ActivationFunction
  ) {
    requireSameShape(dx, x)
    requireSameShape(dy, x)
    measure(.elementwise) {
      kernels.pointee.activation_backward(dx.kernel, dy.kernel, x.kernel, function.kernel)
    }
  }
}

extension ActivationFunction {
  /// The kernels' number for it.
  var kernel: Int32 {
    switch self {
    case .gelu: Int32(MLM_GELU)
    case .geluTanh: Int32(MLM_GELU_TANH)
    case .relu: Int32(MLM_RELU)
    case .silu: Int32(MLM_SILU)
    case .tanh: Int32(MLM_TANH)
    case .identity: Int32(MLM_IDENTITY)
    }
  }
}
