import MLMNumerics

/// What this machine has and what of it is used.
struct MachineReport {
  private let machine = Machine.current
  /// Gigaflops of products in each precision.
  private let speeds = Precision.allCases.map(Speed.init)

  private struct Speed {
    let precision: Precision
    let oneThread, allThreads: Double

    init(_ precision: Precision) {
      self.precision = precision
      oneThread = ProductSpeed.measured(precision, on: Threads(count: 1))
      allThreads = ProductSpeed.measured(precision, on: Threads())
    }
  }

  var text: String {
    """
    \(Version.description), \(System.platform)
    processors: \(Threads.defaultCount)
    \(machine.description)
    \(speeds.map(line).joined(separator: "\n"))
    training uses \(Precision.fastest.rawValue), inference float32, unless --precision says otherwise

    """
  }

  private func line(_ speed: Speed) -> String {
    let path =
      switch speed.precision {
      case .float32: "OpenBLAS"
      case .bfloat16:
        switch machine.path {
        case .tiles: "matrix tiles"
        case .dotProducts: "dot products"
        case .plain: "plain code"
        }
      }
    return """
      \(speed.precision.rawValue) products (\(path)) of \(ProductSpeed.size) × \(ProductSpeed.size) × \
      \(ProductSpeed.size): \(Numbers.fixed(speed.oneThread, 1)) GFLOP/s on one thread, \
      \(Numbers.fixed(speed.allThreads, 1)) GFLOP/s on \(Threads.defaultCount), measured now
      """
  }

  var json: JSON {
    .object(
      [
        ("version", .string(Version.number)),
        ("unicode", .string(Version.unicode)),
        ("platform", .string(System.platform)),
        ("processors", .integer(Threads.defaultCount)),
        ("cpu_level", .string("\(machine.level)")),
        ("highest_cpu_level", .string("\(machine.highestLevel)")),
        ("cpu_level_cap", JSON(machine.levelCap)),
        ("blas", .string(machine.blasConfiguration)),
        ("blas_core", .string(machine.blasCore)),
        ("detected_blas_core", .string(machine.detectedBLASCore)),
        ("rows_are_exact", .bool(machine.rowsAreExact)),
        ("cpu", .string(machine.cpu.description)),
        ("matrix_tiles", .string(MatrixTiles.found.rawValue)),
        ("dot_products", .string(DotProducts.found.rawValue)),
        ("bfloat16_path", .string("\(machine.path)")),
        ("precisions", .array(speeds.map { .string($0.precision.rawValue) })),
        ("training_precision", .string(Precision.fastest.rawValue)),
      ]
        + speeds.map { speed in
          (
            "\(speed.precision.rawValue)_gflops",
            .object([
              ("one_thread", .double(speed.oneThread)), ("all_threads", .double(speed.allThreads)),
            ])
          )
        })
  }
}
