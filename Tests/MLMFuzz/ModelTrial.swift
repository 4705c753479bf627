import Foundation
import MLMModel
import MLMNumerics

/// Opens models whose configuration or weights are damaged; where one opens all the same, runs it.
package struct ModelTrial {
  private let folder: String
  private let printsConfiguration: Bool

  /// Prepares to write files to a folder that exists.
  package init(folder: String, printsConfiguration: Bool = false) {
    self.folder = folder
    self.printsConfiguration = printsConfiguration
  }

  /// A damaged `config.json` with the weights of the model it was made from; returns whether it opens.
  package func runConfiguration(seed: UInt64, case number: Int) throws(Finding) -> Bool {
    var random = SeededGenerator(seed: seed, case: number)
    let sample = random.pick(SampleModel.all)
    let configuration = Mutation.damaged(sample.configuration, &random)
    return try open(configuration, SampleModel.weights(sample.header.bytes, sample.numbers))
  }

  /// A damaged `model.safetensors` with the configuration of the model it was made from.
  package func runWeights(seed: UInt64, case number: Int) throws(Finding) -> Bool {
    var random = SeededGenerator(seed: seed, case: number)
    let sample = random.pick(SampleModel.all)
    return try open(sample.configuration.bytes, WeightsMutation.damaged(sample, &random))
  }

  private func open(_ configuration: [UInt8], _ weights: [UInt8]) throws(Finding) -> Bool {
    if printsConfiguration {
      FileHandle.standardError.write(Data(configuration + [0x0A]))
    }
    let path = folder + "/model.safetensors"
    guard FileManager.default.createFile(atPath: path, contents: Data(weights)) else {
      throw Finding(reason: "\(path) cannot be written")
    }
    do throws(ModelError) {
      let files = try WeightFiles(directory: folder)
      let description = try ModelDescription(json: configuration, path: "config.json")
        .adapted(to: files)
      let parameters = try Parameters.open(description, from: files).parameters
      run(description, parameters)
      return true
    } catch {
      guard !error.place.isEmpty, !error.reason.isEmpty else {
        throw Finding(reason: "expected a place and a reason, found \(error)")
      }
      return false
    }
  }

  /// One forward pass, the head's included.
  private func run(_ description: ModelDescription, _ parameters: Parameters) {
    let shape = description.transformer
    let ids = (0..<min(5, shape.maximumLength)).map { Int32($0 % shape.vocabularySize) }
    let batch = Batch([ids, [0]])
    let transformer = Transformer(shape, parameters: parameters)
    let activations = Activations(shape, keeping: nil)
    transformer.forward(batch, into: activations)
    switch description.head {
    case .none: break
    case .languageModel:
      LanguageModelHead(transformer).scores(atRows: [0], output: activations.output) { _, _ in }
    case .replacedTokens: _ = TokenScoreHead(transformer).scores(activations.output)
    case .classification:
      _ = ClassificationHead(transformer, pooling: description.pooling)
        .predictions(batch, output: activations.output, task: description.task)
    }
  }
}
