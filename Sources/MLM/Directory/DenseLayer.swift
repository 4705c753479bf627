import MLMModel
import MLMNumerics
import MLMText

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A linear layer and an activation after pooling: the Dense module of sentence-transformers.
///
/// y = f(x·Wᵀ + b)
package struct DenseLayer: Hashable, Sendable {
  package let inputWidth, outputWidth: Int
  package let activation: ActivationFunction
  /// outputWidth × inputWidth numbers, row by row.
  package let weight: [Float]
  /// outputWidth numbers; none where the layer has no bias.
  package let bias: [Float]?

  package init(
    inputWidth: Int, outputWidth: Int, activation: ActivationFunction, weight: [Float],
    bias: [Float]?
  ) {
    precondition(
      weight.count == inputWidth * outputWidth && bias?.count ?? outputWidth == outputWidth)
    self.inputWidth = inputWidth
    self.outputWidth = outputWidth
    self.activation = activation
    self.weight = weight
    self.bias = bias
  }

  /// Computes rows B×outputWidth of rows B×inputWidth.
  package func apply(_ output: Matrix, _ input: Matrix, on processor: Processor) {
    weight.withUnsafeBufferPointer { weight in
      guard let start = weight.baseAddress else { return }
      let matrix = Matrix(
        UnsafeMutablePointer(mutating: start), rows: outputWidth, columns: inputWidth)
      if let bias {
        bias.withUnsafeBufferPointer {
          processor.linearForward(output, input, matrix, bias: $0.baseAddress)
        }
      } else {
        processor.linearForward(output, input, matrix)
      }
    }
    processor.activationForward(output, output, activation)
  }
}

extension DenseLayer {
  private struct File: Codable {
    var in_features, out_features: Int?
    var bias, use_residual: Bool?
    var activation_function, module_input_name, module_output_name: String?
  }

  /// The class of an activation in PyTorch, by the last part of its name.
  private static let activations: [(name: String, function: ActivationFunction)] = [
    ("Identity", .identity), ("Tanh", .tanh), ("ReLU", .relu), ("GELU", .gelu), ("SiLU", .silu),
  ]

  /// Reads a folder with `config.json` and `model.safetensors`.
  ///
  /// - Throws: `FileError`; ``ModelError`` with code `malformed`, `mismatch` or `unsupported`.
  init(folder: String) throws {
    let path = folder + "/config.json"
    let file: File = try SentenceFiles.decode(path)
    func unsupported(_ key: String, _ found: String) -> ModelError {
      ModelError(.unsupported, path, "\(key): \(found) cannot be run")
    }
    let name = file.activation_function ?? "torch.nn.modules.activation.Tanh"
    guard let kind = name.split(separator: ".").last,
      let activation = Self.activations.first(where: { $0.name == kind })
    else { throw unsupported("activation_function", name) }
    if file.use_residual == true { throw unsupported("use_residual", "true") }
    for (key, value) in [
      ("module_input_name", file.module_input_name),
      ("module_output_name", file.module_output_name),
    ] {
      if let value, value != "sentence_embedding" { throw unsupported(key, value) }
    }
    let limit = 1 << 16
    guard let input = file.in_features, let output = file.out_features,
      (1...limit).contains(input), (1...limit).contains(output)
    else {
      throw ModelError(
        .malformed, path, "in_features and out_features: expected numbers from 1 to \(limit)")
    }
    let weights = try SafetensorsFile(path: folder + "/model.safetensors")
    func read(_ name: String, _ shape: [Int]) throws(ModelError) -> [Float] {
      // Checked before memory is taken.
      try weights.check(name, shape: shape)
      var values = [Float](repeating: 0, count: shape.reduce(1, *))
      var failure: ModelError?
      values.withUnsafeMutableBufferPointer { values in
        do throws(ModelError) { try weights.read(name, shape: shape, into: values) } catch {
          failure = error
        }
      }
      if let failure { throw failure }
      guard values.allSatisfy(\.isFinite) else {
        throw ModelError(.malformed, weights.path, "tensor \(name): expected numbers only")
      }
      return values
    }
    self.init(
      inputWidth: input, outputWidth: output, activation: activation.function,
      weight: try read("linear.weight", [output, input]),
      bias: file.bias ?? true ? try read("linear.bias", [output]) : nil)
  }

  /// The files of the layer's folder, but its weights.
  var configuration: [UInt8] {
    let name = Self.activations.first { $0.function == activation }?.name ?? "Identity"
    let place = activation == .identity ? "linear" : "activation"
    return SentenceFiles.encode(
      File(
        in_features: inputWidth, out_features: outputWidth, bias: bias != nil,
        activation_function: "torch.nn.modules.\(place).\(name)"))
  }

  /// Writes the layer's weights.
  func writeWeights<Failure: Error>(
    to sink: (UnsafeRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    var failure: Failure?
    weight.withUnsafeBufferPointer { weight in
      (bias ?? []).withUnsafeBufferPointer { bias in
        var tensors = [
          TensorToWrite(name: "linear.weight", shape: [outputWidth, inputWidth], values: weight)
        ]
        if self.bias != nil {
          tensors.append(TensorToWrite(name: "linear.bias", shape: [outputWidth], values: bias))
        }
        do throws(Failure) { try SafetensorsWriter.write(tensors, to: sink) } catch {
          failure = error
        }
      }
    }
    if let failure { throw failure }
  }
}
