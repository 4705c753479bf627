import CMLMKernels

/// What the probe for matrix tiles (AMX) found; it executes no tile instruction.
package enum MatrixTiles: String, Sendable {
  /// The CPU has none, or none for bf16.
  case none
  /// The operating system does not let this process use them.
  case refused
  case usable

  /// Those of this machine.
  package static let found: MatrixTiles =
    switch Int(mlm_matrix_tiles()) {
    case MLM_TILES_NONE: .none
    case MLM_TILES_REFUSED: .refused
    default: .usable
    }

  /// Whether products may run on the tiles: they are there, and a first product on them is right.
  static let areUsable: Bool = found == .usable && BFloat16Path.tiles.givesRightSums()
}
