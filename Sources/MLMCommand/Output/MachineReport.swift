import MLMNumerics

/// What this machine has and what of it is used.
struct MachineReport {
  private let machine = Machine.current

  var text: String {
    """
    \(Version.description), \(System.platform)
    processors: \(Threads.defaultCount)
    \(machine.description)

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
      ("precisions", ["float32"]),
    ])
  }
}
