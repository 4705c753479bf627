import MLM
import MLMModel
import MLMText

/// `optimizer.safetensors`: AdamW's moments of every parameter.
enum OptimizerFile {
  static func path(in directory: String) -> String { directory + "/" + RunFiles.optimizer }

  static func write(_ optimization: Optimization, into writer: DirectoryWriter) throws {
    let tensors =
      optimization.firstMoment.tensors { [TensorName("first_moment.\($0.name)")] }
      + optimization.secondMoment.tensors { [TensorName("second_moment.\($0.name)")] }
    try writer.write(RunFiles.optimizer) { file throws(FileError) in
      try SafetensorsWriter.write(tensors) { bytes throws(FileError) in try file.write(bytes) }
    }
  }

  /// Checks that a file holds the moments of a layout, without reading them.
  ///
  /// - Throws: ``ModelError`` where it is missing or no such file, ``TrainingError`` with code
  ///   `badSnapshot` where it holds other tensors.
  static func check(_ layout: ParameterLayout, directory: String) throws {
    let file = try SafetensorsFile(path: path(in: directory))
    for slot in layout.slots {
      for name in ["first_moment.\(slot.name)", "second_moment.\(slot.name)"] {
        guard let entry = file.entries[name], entry.shape == slot.shape, entry.type == "F32" else {
          throw TrainingError(
            .badSnapshot,
            "\(file.path): expected a tensor \(name) of shape \(slot.shape), found none")
        }
      }
    }
  }

  static func read(into optimization: Optimization, directory: String) throws {
    let file = try SafetensorsFile(path: path(in: directory))
    try optimization.firstMoment.read(
      from: file, named: { [TensorName("first_moment.\($0.name)")] },
      ignoring: { $0.hasPrefix("second_moment.") })
    try optimization.secondMoment.read(
      from: file, named: { [TensorName("second_moment.\($0.name)")] },
      ignoring: { $0.hasPrefix("first_moment.") })
  }
}
