import MLMNumerics

extension Parameters {
  /// Weights of more bytes than this are not looked through when they are opened: reading them from
  /// the disk would take longer than most uses of them.
  private static let scanLimit = 1 << 25

  /// The weights of a model, used where they lie in the file as far as they can be.
  ///
  /// What is stored as 32-bit floats stays in the file, which is mapped; the rest is read: what is
  /// stored in 16 bits, and vectors stored in several pieces. What is read is looked through for infinite numbers, and so is all of a small file; in a large one
  /// ``requireFinite(_:)`` does that, when results are no numbers.
  ///
  /// - Parameters:
  ///   - description: The model.
  ///   - weights: The files.
  ///   - newHead: Whether a head that the files lack is made anew; its parameters are then zeros, and
  ///     listed in the result.
  /// - Throws: ``ModelError`` with code `mismatch` where a tensor is missing, misshapen or unexpected,
  ///   `unsupported` where its numbers are of another type, `malformed` where one is infinite or none
  ///   at all, `unreadable` where reading fails.
  package static func open(
    _ description: ModelDescription, from weights: WeightFiles, newHead: Bool = false
  ) throws(ModelError) -> (parameters: Parameters, missing: Set<String>) {
    let layout = description.layout
    let sources = try WeightSources(description, weights, newHead: newHead)
    let scattered = layout.slots.indices.map { sources.scattered($0) }
    var starts: [UnsafeMutablePointer<Float>?] = layout.slots.indices.map {
      sources.inPlace($0) ?? scattered[$0]?.parts.first?.pointer
    }
    let copied = layout.slots.indices.filter { starts[$0] == nil }
    let memory = FloatBuffer(
      count: copied.reduce(0) { $0 + (layout.slots[$1].count + 15) / 16 * 16 })
    var used = 0
    for index in copied {
      starts[index] = memory.pointer + used
      used += (layout.slots[index].count + 15) / 16 * 16
    }
    let parameters = Parameters(
      layout, memory: memory, starts: starts.compactMap(\.self), scattered: scattered,
      mappings: sources.mappings)
    for index in copied { try sources.read(index, into: parameters.values(index)) }
    let slots = weights.byteCount <= scanLimit ? Array(layout.slots.indices) : copied
    try parameters.requireFinite(description, weights.path, slots)
    return (parameters, sources.missing)
  }

  /// Looks through all numbers.
  ///
  /// - Throws: ``ModelError`` with code `malformed`, naming a tensor that holds what is no number.
  package func requireFinite(_ description: ModelDescription, path: String) throws(ModelError) {
    try requireFinite(description, path, Array(layout.slots.indices))
  }

  private func requireFinite(
    _ description: ModelDescription, _ path: String, _ slots: [Int]
  ) throws(ModelError) {
    for index in slots {
      let isFinite =
        scatteredRows(index).map { $0.allSatisfy(FiniteNumbers.areAll(in:)) }
        ?? FiniteNumbers.areAll(in: values(index))
      if isFinite { continue }
      let found = values(index).first { !$0.isFinite } ?? .nan
      let tensors = description.tensorNames(of: layout.slots[index]).map(\.name)
      throw ModelError(
        .malformed, path,
        "tensor \(tensors.joined(separator: ", ")): expected numbers, found \(found)")
    }
  }
}

/// Where in the files each slot's numbers are.
private struct WeightSources {
  /// A tensor of a file, and the rows of the slot that it holds.
  struct Part {
    let file: SafetensorsFile
    let name: String
    let rows: Range<Int>?
  }

  let layout: ParameterLayout
  private(set) var parts: [[Part]] = []
  private(set) var missing: Set<String> = []

  /// Checks that all tensors asked for are there, and no others.
  init(
    _ description: ModelDescription, _ weights: WeightFiles, newHead: Bool
  ) throws(ModelError) {
    layout = description.layout
    var unread = Set(weights.names)
    for slot in layout.slots {
      var found: [Part] = []
      for tensor in description.tensorNames(of: slot) {
        let shape = slot.shape(ofRows: tensor.rows)
        guard let name = weights.name(of: tensor, prefix: description.prefix),
          let file = weights.file(of: name)
        else {
          guard newHead, slot.isOfHead else {
            throw ModelError(
              .mismatch, weights.path, "tensor \(tensor.name) is missing; expected shape \(shape)")
          }
          missing.insert(slot.name)
          continue
        }
        do throws(ModelError) { try file.check(name, shape: shape) } catch {
          // A head for other labels is no use to one that is to be trained.
          guard newHead, slot.isOfHead else { throw error }
          missing.insert(slot.name)
        }
        unread.remove(name)
        found.append(Part(file: file, name: name, rows: tensor.rows))
      }
      parts.append(missing.contains(slot.name) ? [] : found)
    }
    if let unexpected = unread.filter({ !description.isIgnorable($0) }).min() {
      throw ModelError(
        .mismatch, weights.path, "tensor \(unexpected) is not part of this architecture")
    }
  }

  var mappings: [FileMapping] {
    var mappings: [FileMapping] = []
    for part in parts.joined() {
      if let mapping = part.file.mapping, !mappings.contains(where: { $0 === mapping }) {
        mappings.append(mapping)
      }
    }
    return mappings
  }

  /// A slot's numbers in the mapped file; nil where they must be read.
  func inPlace(_ slot: Int) -> UnsafeMutablePointer<Float>? {
    guard parts[slot].count == 1, parts[slot][0].rows == nil else { return nil }
    return parts[slot][0].file.floats(parts[slot][0].name)
  }

  /// A slot's rows in the mapped files, where they lie in several places; nil where they must be read.
  func scattered(_ slot: Int) -> ScatteredRows? {
    let shape = layout.slots[slot].shape
    guard shape.count == 2, parts[slot].count > 1 else { return nil }
    var matrices: [Matrix] = []
    var row = 0
    for part in parts[slot] {
      guard let rows = part.rows, rows.lowerBound == row, let start = part.file.floats(part.name)
      else { return nil }
      matrices.append(Matrix(start, rows: rows.count, columns: shape[1]))
      row = rows.upperBound
    }
    return row == shape[0] ? ScatteredRows(matrices) : nil
  }

  func read(
    _ slot: Int, into values: UnsafeMutableBufferPointer<Float>
  ) throws(ModelError) {
    let shape = layout.slots[slot].shape
    let rowSize = shape.dropFirst().reduce(1, *)
    for part in parts[slot] {
      let rows = part.rows ?? 0..<shape[0]
      try part.file.read(
        part.name, shape: layout.slots[slot].shape(ofRows: part.rows),
        into: UnsafeMutableBufferPointer(
          rebasing: values[rows.lowerBound * rowSize..<rows.upperBound * rowSize]))
    }
  }
}

extension ParameterLayout.Slot {
  /// Whether it is part of a head.
  fileprivate var isOfHead: Bool { name.hasPrefix("head.") || name.hasPrefix("pooler.") }
}
