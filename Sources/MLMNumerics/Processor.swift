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
  let kernels: UnsafePointer<mlm_kernels>
  /// What a profile records the operations for; nil for what each is by itself.
  var phase: Profile.Phase?

  /// Makes the operations of `level`, which this CPU must support.
  package init(level: CPULevel) {
    precondition(CPULevel.supported.contains(level), "this CPU does not have level \(level)")
    self.level = level
    kernels = mlm_kernels_at(Int32(level.rawValue))
  }

  /// The operations at the level of this CPU, capped by `MLM_CPU_LEVEL`.
  package static let current = Processor(level: .detect())
}
