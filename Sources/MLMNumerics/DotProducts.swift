import CMLMKernels

/// What is known of this CPU's dot products of bf16 pairs (AVX512-BF16).
package enum DotProducts: String, Sendable {
  /// The CPU has none, or the operating system does not let it use AVX-512.
  case none
  /// They are there, but not known to be faster than float32.
  case slow
  case usable

  /// Those of this machine.
  package static let found = find(exist: mlm_has_dot_products() != 0, on: .current)

  /// What a CPU has, by its model where it has them at all.
  package static func find(exist: Bool, on cpu: CPUModel) -> DotProducts {
    exist ? (areFast(on: cpu) ? .usable : .slow) : .none
  }

  /// Whether products may run on them: they are there and fast, and a first product on them is right.
  static let areUsable: Bool = found == .usable && BFloat16Path.dotProducts.givesRightSums()

  /// Whether a CPU model multiplies twice as many bf16 numbers in a cycle as float32 numbers.
  ///
  /// By what makers and measurements published; having the instruction does not say it. Intel's CPUs
  /// since Sapphire Rapids have it at the rate of float32, because they have matrix tiles. A model that is
  /// not listed counts as slow.
  package static func areFast(on cpu: CPUModel) -> Bool {
    fastModels.contains {
      $0.vendor == cpu.vendor && $0.family == cpu.family && $0.models.contains(cpu.model)
        && $0.steppings.contains(cpu.stepping)
    }
  }

  private struct Models {
    let vendor: CPUModel.Vendor
    let family: Int
    let models: ClosedRange<Int>
    var steppings = 0...15
  }

  private static let fastModels = [
    // Zen 4.
    Models(vendor: .amd, family: 0x19, models: 0x10...0x1f),
    Models(vendor: .amd, family: 0x19, models: 0x60...0xaf),
    // Zen 5.
    Models(vendor: .amd, family: 0x1a, models: 0x00...0x2f),
    Models(vendor: .amd, family: 0x1a, models: 0x40...0x4f),
    Models(vendor: .amd, family: 0x1a, models: 0x60...0x7f),
    // Cooper Lake, whose model is Skylake's with other steppings.
    Models(vendor: .intel, family: 6, models: 0x55...0x55, steppings: 10...11),
  ]
}
