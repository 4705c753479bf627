/// What the numerics found on this machine and chose.
package struct Machine: Sendable, CustomStringConvertible {
  /// The CPU.
  package let cpu = CPUModel.current
  /// What products of bf16 run on.
  package let path: BFloat16Path
  /// The level of the kernels in use, and the highest this CPU has.
  package let level, highestLevel: CPULevel
  /// The value of `MLM_CPU_LEVEL`, nil where unset.
  package let levelCap: String?
  /// What OpenBLAS says of its build.
  package let blasConfiguration: String
  /// The name of the OpenBLAS kernels in use, and of those it chose by itself.
  package let blasCore, detectedBLASCore: String
  /// The value of `OPENBLAS_CORETYPE`, nil where unset.
  package let requestedBLASCore: String?
  /// Whether a row of a product has the same bits in any batch.
  package let rowsAreExact: Bool

  /// This machine; reading it makes OpenBLAS ready, as `prepareBLAS()` does.
  package static let current = Machine()

  private init() {
    let blas = BLAS.current
    level = Processor.current.level
    path = .fastest(at: level)
    highestLevel = CPULevel.supported.last ?? .portable
    levelCap = CPULevel.environmentCap
    blasConfiguration = blas.configuration
    (blasCore, detectedBLASCore) = (blas.core, blas.detectedCore)
    requestedBLASCore = blas.requestedCore
    rowsAreExact = blas.rowUnit != nil
  }

  /// Whether OpenBLAS was made to use other kernels than it chose by itself.
  package var changedBLASCore: Bool { blasCore != detectedBLASCore }

  /// One line for each finding.
  package var description: String {
    var lines = ["CPU: \(cpu)", "CPU level: \(level) (this CPU has \(highestLevel))"]
    if let levelCap {
      lines.append(
        CPULevel.named(levelCap) == nil
          ? "MLM_CPU_LEVEL: \"\(levelCap)\" is none of portable, v3, v4, amx and was ignored"
          : "MLM_CPU_LEVEL: \(levelCap)")
    }
    lines.append("BLAS: \(blasConfiguration)")
    var core = "BLAS kernels: \(blasCore)"
    if let requestedBLASCore {
      core += " (OPENBLAS_CORETYPE=\(requestedBLASCore))"
    } else if changedBLASCore {
      core += " (in place of \(detectedBLASCore), which OpenBLAS chose)"
    } else if level == .portable && highestLevel != .portable {
      core += " (OpenBLAS's own choice: the level portable does not cap it)"
    }
    lines.append(core)
    switch MatrixTiles.found {
    case .none: lines.append("matrix tiles: none")
    case .refused: lines.append("matrix tiles: there, but the operating system refuses them")
    case .usable where level == .amx: lines.append("matrix tiles: used for products of bfloat16")
    case .usable:
      lines.append(
        highestLevel == .amx
          ? "matrix tiles: there, but MLM_CPU_LEVEL leaves them out"
          : "matrix tiles: there, but a first product on them was wrong, so they are left out")
    }
    switch DotProducts.found {
    case .none: lines.append("bfloat16 dot products: none")
    case .slow: lines.append("bfloat16 dot products: there, but not known to be fast on this CPU")
    case .usable where path == .dotProducts:
      lines.append("bfloat16 dot products: used for products of bfloat16")
    case .usable:
      lines.append(
        DotProducts.areUsable
          ? "bfloat16 dot products: there, but not used at this level"
          : "bfloat16 dot products: there, but a first product on them was wrong, so they are left out"
      )
    }
    lines.append(
      rowsAreExact
        ? "embeddings: bit-identical alone and in any batch"
        : "embeddings: alone and in a batch within 1e-6, not bit-identical with these kernels")
    return lines.joined(separator: "\n")
  }
}
