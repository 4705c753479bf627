import CMLMKernels

/// The operations at one CPU level.
///
/// Every operation is a method here, runs on the calling thread and allocates nothing. Unless its
/// comment says otherwise, gradients of parameters accumulate and gradients of activations
/// overwrite. Shapes that do not fit are a mistake of the caller and stop the program.
///
/// Letters in shapes: T rows (tokens of all sequences of a batch), B sequences, n tokens of one
/// sequence, I inputs, O outputs, C columns, V vocabulary.
package struct Processor: @unchecked Sendable {
  package let level: CPULevel
  /// The number format of the operands of matrix products.
  package let precision: Precision
  /// Where the bf16 forms of weights are kept; packed for each product if nil.
  package var packedWeights: PackedWeights?
  let kernels: UnsafePointer<mlm_kernels>
  /// What products of bf16 run on.
  package let path: BFloat16Path
  /// What a profile records the operations for; nil for what each is by itself.
  var phase: Profile.Phase?

  /// Makes the operations of `level`, which this CPU must support.
  ///
  /// - Parameter path: What bf16 products run on; the fastest at the level if nil. Another must be there,
  ///   or the process must emulate it.
  package init(level: CPULevel, precision: Precision = .float32, path: BFloat16Path? = nil) {
    precondition(
      level == .portable || CPULevel.supported.contains(level),
      "this CPU does not have level \(level)")
    self.level = level
    self.precision = precision
    self.path = path ?? .fastest(at: level)
    kernels = mlm_kernels_at(Int32(level.rawValue))
  }

  /// The operations at the level of this CPU, capped by `MLM_CPU_LEVEL`, with products of float32.
  package static let current = Processor(level: .detect())

  /// The operations at the level of this CPU, capped by `MLM_CPU_LEVEL`.
  package static func current(_ precision: Precision) -> Processor {
    Processor(level: current.level, precision: precision)
  }
}
