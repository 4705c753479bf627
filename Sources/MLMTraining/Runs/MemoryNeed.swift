import MLMModel

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The memory that a run takes for what there is one number of for every parameter.
struct MemoryNeed {
  /// Bytes; a floating number, which no product of options overflows.
  let bytes: Double

  /// - Parameters:
  ///   - layout: The parameters.
  ///   - threadCount: Threads, each of which has gradients of the piece it works on.
  ///   - hasStartingModel: Whether a model is read to start from.
  ///   - isMeasured: Whether the speed is measured on weights that are thrown away.
  init(_ layout: ParameterLayout, threadCount: Int, hasStartingModel: Bool, isMeasured: Bool) {
    // Weights, gradients and the optimizer's two moments.
    let copies = 4 + (hasStartingModel ? 1 : 0) + (isMeasured ? 1 : 0)
    bytes =
      4
      * (Double(copies) * Double(layout.storageCount)
        + Double(threadCount) * Double(layout.placesSharingLayers.count))
  }

  /// Refuses what the machine has no room for, before memory is asked for.
  ///
  /// - Parameter available: Bytes of memory.
  /// - Throws: ``TrainingError`` with code `badOptions`.
  func check(available: Double = MemoryNeed.physicalMemory) throws(TrainingError) {
    guard bytes > available else { return }
    throw TrainingError(
      .badOptions,
      "the model: expected one that trains in this machine's \(Self.text(available)) of memory, "
        + "found one that needs \(Self.text(bytes)); fewer layers, a smaller width or fewer threads "
        + "need less")
  }

  /// Bytes of the machine's memory.
  static var physicalMemory: Double {
    let (pages, size) = (sysconf(Int32(_SC_PHYS_PAGES)), sysconf(Int32(_SC_PAGESIZE)))
    return pages > 0 && size > 0 ? Double(pages) * Double(size) : .infinity
  }

  private static func text(_ bytes: Double) -> String {
    let tenths = (bytes / 1e8).rounded()
    return tenths < 1e15 ? "\(Double(Int(tenths)) / 10) GB" : "more than any machine has"
  }
}
