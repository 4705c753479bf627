import MLMNumerics

/// What this machine has and what of it is used.
struct MachineReport {
  private let machine = Machine.current
  /// Gigaflops of float32 products, on one thread and on all.
  private let oneThread = ProductSpeed.float32(on: Threads(count: 1))
  private let allThreads = ProductSpeed.float32(on: Threads())

  var text: String {
    """
    \(Version.description), \(System.platform)
    processors: \(Threads.defaultCount)
    \(machine.description)
    float32 products of \(ProductSpeed.size) × \(ProductSpeed.size) × \(ProductSpeed.size): \
    \(Numbers.fixed(oneThread, 1)) GFLOP/s on one thread, \
    \(Numbers.fixed(allThreads, 1)) GFLOP/s on \(Threads.defaultCount), measured now

    """
  }

  var json: JSON {
    .object([
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
      ("matrix_tiles", .string(MatrixTiles.found.rawValue)),
      ("precisions", ["float32"]),
      (
        "float32_gflops",
        .object([("one_thread", .double(oneThread)), ("all_threads", .double(allThreads))])
      ),
    ])
  }
}
