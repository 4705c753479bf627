import MLM
import MLMModel
import MLMNumerics

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Runs models on given tokens and writes what PyTorch is to be compared with.
///
///     ArchitectureProbe MODEL…
///
/// Each MODEL is a folder with config.json, weights and `probe.json`: sequences of tokens, their types
/// if any, and what one training step predicts. It gets `probe.safetensors`: `hidden`, the rows of all
/// sequences end to end; `logits`, the scores of the head; `loss`; and `gradient.NAME` for every tensor
/// of the file.
@main struct ArchitectureProbe {
  /// The batch and the step's targets.
  struct Input: Decodable {
    var sequences: [[Int32]]
    var types: [[Int32]]?
    /// For each token, what is predicted there; -100 for nothing.
    var labels: [[Int32]]?
    /// For each sequence, its class or its numbers.
    var classes: [Int32]?
    var numbers: [[Float]]?
  }

  static func main() throws {
    for path in CommandLine.arguments.dropFirst() { try probe(path) }
  }

  private static func probe(_ path: String) throws {
    let configuration = path + "/config.json"
    let weights = try WeightFiles(directory: path)
    let description = try ModelDescription(
      json: try FileContents.read(configuration), path: configuration
    ).adapted(to: weights)
    let parameters = try Parameters.open(description, from: weights).parameters
    let transformer = Transformer(description.transformer, parameters: parameters)
    let input = try JSONDecoder().decode(
      Input.self, from: Data(try FileContents.read(path + "/probe.json")))
    var batch = Batch()
    for (index, sequence) in input.sequences.enumerated() {
      batch.append(sequence, types: input.types?[index])
    }
    let activations = Activations(description.transformer, keeping: .float32)
    transformer.forward(batch, into: activations)
    let rows = activations.output
    var output: [TensorToWrite] = [tensor("hidden", rows)]
    let gradient = FloatBuffer(count: rows.rows * rows.columns)
    let rowGradient = gradient.matrix(rows: rows.rows, columns: rows.columns)
    let gradients = Parameters(description.layout)
    let step = Step(transformer, description, batch, input)
    let logits = step.logits(rows)
    let loss = FloatBuffer(count: 1)
    if let total = step.train(rows, rowGradient, gradients) {
      transformer.backward(outputGradient: rowGradient, batch, activations, into: gradients)
      output.append(tensor("logits", logits))
      loss.pointer[0] = Float(total)
      output.append(tensor("loss", loss.matrix(rows: 1, columns: 1)))
      output += gradients.tensors(named: description.tensorNames).map {
        TensorToWrite(
          name: "gradient." + $0.name, shape: $0.shape, values: $0.values, owner: gradients)
      }
    }
    var file = try AtomicFile(path: path + "/probe.safetensors")
    try SafetensorsWriter.write(output) { bytes throws(FileError) in try file.write(bytes) }
    try file.commit()
    withExtendedLifetime((gradient, loss, step)) {}
  }

  private static func tensor(_ name: String, _ matrix: Matrix) -> TensorToWrite {
    TensorToWrite(
      name: name, shape: [matrix.rows, matrix.columns],
      values: UnsafeBufferPointer(start: matrix.pointer, count: matrix.rows * matrix.columns))
  }
}
