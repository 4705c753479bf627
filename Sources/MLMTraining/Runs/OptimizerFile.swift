import MLM
import MLMModel
import MLMText

/// `optimizer.safetensors`: AdamW's moments of every parameter.
enum OptimizerFile {
  static func path(in directory: String) -> String { directory + "/optimizer.safetensors" }

  static func write(_ optimization: Optimization, into writer: DirectoryWriter) throws {
    let tensors =
      optimization.firstMoment.tensors { [TensorName("first_moment.\($0.name)")] }
      + optimization.secondMoment.tensors { [TensorName("second_moment.\($0.name)")] }
    try writer.write("optimizer.safetensors") { file throws(FileError) in
      try SafetensorsWriter.write(tensors) { bytes throws(FileError) in try file.write(bytes) }
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
