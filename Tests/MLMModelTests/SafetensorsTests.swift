import Foundation
import MLMModel
import MLMNumerics
import Testing

/// Weights written and read back, and how tensors of other names and shapes are met.
@Suite struct SafetensorsTests {
  private let description = ModelDescription.small(.languageModel)

  private func drawn(_ description: ModelDescription, seed: UInt64 = 1) -> Parameters {
    let parameters = Parameters(description.layout)
    parameters.fillWidely(seed: seed)
    return parameters
  }

  private func tensors(_ parameters: Parameters, _ description: ModelDescription) -> [TensorToWrite]
  {
    parameters.tensors(named: description.tensorNames)
  }

  private func read(
    _ path: String, _ description: ModelDescription
  ) throws(ModelError) -> Parameters {
    try Parameters.open(description, from: WeightFiles(SafetensorsFile(path: path))).parameters
  }

  private func equal(_ a: Parameters, _ b: Parameters) -> Bool {
    a.layout == b.layout
      && a.layout.slots.indices.allSatisfy { Array(a.values($0)) == Array(b.values($0)) }
  }

  @Test func headerIsAlignedAndSaysPyTorch() throws {
    let parameters = drawn(description)
    let bytes = SafetensorsWriter.bytes(of: tensors(parameters, description))
    let length = (0..<8).reduce(0) { $0 | Int(bytes[$1]) << (8 * $1) }
    #expect((8 + length) % 64 == 0)
    let header = try #require(
      try JSONSerialization.jsonObject(with: Data(bytes[8..<8 + length])) as? [String: Any])
    #expect(header["__metadata__"] as? [String: String] == ["format": "pt"])
    let embedding = try #require(
      header["model.embeddings.tok_embeddings.weight"] as? [String: Any])
    #expect(embedding["dtype"] as? String == "F32")
    #expect(embedding["shape"] as? [Int] == [13, 8])
    #expect(embedding["data_offsets"] as? [Int] == [0, 416])
    #expect(bytes.count == 8 + length + 4 * parameters.layout.parameterCount)
    let first = bytes[(8 + length)...].prefix(4).enumerated()
      .reduce(UInt32(0)) { $0 | UInt32($1.element) << (8 * $1.offset) }
    #expect(Float(bitPattern: first) == parameters.vector(0)[0])
  }

  /// `state_dict()` of transformers 5.23: the tensors of ModernBertForMaskedLM, ModernBertDecoderForCausalLM and
  /// ModernBertForSequenceClassification with two layers.
  @Test func namesAreTransformers() {
    func names(_ description: ModelDescription) -> Set<String> {
      Set(tensors(Parameters(description.layout), description).map(\.name))
    }
    let shared: Set<String> = [
      "model.embeddings.tok_embeddings.weight", "model.embeddings.norm.weight",
      "model.final_norm.weight", "model.layers.1.attn_norm.weight",
      "model.layers.0.attn.Wo.weight", "model.layers.0.mlp_norm.weight",
      "model.layers.0.mlp.Wi.weight", "model.layers.0.mlp.Wo.weight",
      "model.layers.1.attn.Wo.weight", "model.layers.1.mlp_norm.weight",
      "model.layers.1.mlp.Wi.weight", "model.layers.1.mlp.Wo.weight",
    ]
    let fused: Set<String> = ["model.layers.0.attn.Wqkv.weight", "model.layers.1.attn.Wqkv.weight"]
    let head: Set<String> = ["head.dense.weight", "head.norm.weight"]
    #expect(names(.small(.none)) == shared.union(fused))
    #expect(
      names(.small(.languageModel)) == shared.union(fused).union(head).union(["decoder.bias"]))
    #expect(
      names(.small(.classification(classCount: 3)))
        == shared.union(fused).union(head).union(["classifier.weight", "classifier.bias"]))
    let split = (0...1).flatMap { layer in
      ["q", "k", "v"].map { "model.layers.\(layer).attn.\($0)_proj.weight" }
    }
    #expect(
      names(.small(.languageModel, attention: .causal))
        == shared.union(split).union(
          ["lm_head.dense.weight", "lm_head.norm.weight", "decoder.bias"]))
  }

  @Test(arguments: [
    ModelDescription.small(.none), .small(.none, attention: .causal), .small(.languageModel),
    .small(.languageModel, attention: .causal), .small(.classification(classCount: 3)),
  ])
  func whatIsWrittenIsRead(_ description: ModelDescription) throws {
    let parameters = drawn(description)
    let folder = try TemporaryFolder()
    let path = try folder.write(tensors(parameters, description))
    #expect(equal(try read(path, description), parameters))
  }

  @Test(arguments: [0, 1, 2, 3, 24])
  func numbersMayStartAnywhere(_ spaces: Int) throws {
    let parameters = drawn(description)
    let bytes = SafetensorsWriter.bytes(of: tensors(parameters, description))
    let length = (0..<8).reduce(0) { $0 | Int(bytes[$1]) << (8 * $1) }
    let end = try #require(bytes[..<(8 + length)].lastIndex(of: UInt8(ascii: "}")))
    var file = withUnsafeBytes(of: UInt64(end - 7 + spaces).littleEndian, Array.init)
    file += bytes[8...end] + [UInt8](repeating: UInt8(ascii: " "), count: spaces)
    file += bytes[(8 + length)...]
    let folder = try TemporaryFolder()
    #expect(equal(try read(folder.write(file), description), parameters))
  }

  @Test func tensorsNotAskedForAreIgnoredByName() throws {
    let parameters = drawn(description)
    let extra = FloatBuffer(count: 4)
    func adding(_ name: String) -> [TensorToWrite] {
      tensors(parameters, description) + [
        TensorToWrite(
          name: name, shape: [2, 2],
          values: UnsafeBufferPointer(start: extra.pointer, count: extra.count))
      ]
    }
    let folder = try TemporaryFolder()
    for name in [
      "decoder.weight", "classifier.weight", "classifier.bias",
      "embeddings.position_ids", "model.embeddings.token_type_ids",
    ] {
      let path = try folder.write(adding(name))
      #expect(equal(try read(path, description), parameters), "\(name)")
    }
    for name in [
      "model.layers.2.attn.Wo.weight", "model.layers.0.attn_norm.weight", "head.dense.bias",
      "model.layers.0.attn.Wqkv.bias", "head.norm.bias", "other",
    ] {
      let path = try folder.write(adding(name))
      let error = try #require(throws: ModelError.self) { try read(path, description) }
      #expect(error.code == .mismatch && error.place == path)
      #expect(error.reason == "tensor \(name) is not part of this architecture")
    }
    // Rows alone are wanted: the head's tensors are passed over.
    let body = ModelDescription.small(.none)
    let rows = Parameters(body.layout)
    #expect(rows.copyShared(from: parameters).isEmpty)
    let path = try folder.write(tensors(parameters, description))
    #expect(equal(try read(path, body), rows))
  }

  @Test func missingAndMisshapenTensorsAreNamed() throws {
    let folder = try TemporaryFolder()
    let parameters = drawn(description)
    for (index, tensor) in tensors(parameters, description).enumerated() {
      var some = tensors(parameters, description)
      some.remove(at: index)
      var path = try folder.write(some)
      var error = try #require(throws: ModelError.self) { try read(path, description) }
      #expect(error.code == .mismatch)
      #expect(error.reason == "tensor \(tensor.name) is missing; expected shape \(tensor.shape)")
      let flat = [1, tensor.values.count]
      some.append(TensorToWrite(name: tensor.name, shape: flat, values: tensor.values))
      path = try folder.write(some)
      error = try #require(throws: ModelError.self) { try read(path, description) }
      #expect(error.code == .mismatch)
      #expect(
        error.reason == "tensor \(tensor.name): expected shape \(tensor.shape), found \(flat)")
    }
  }

  @Test func whatDoesNotFitChangesNothing() throws {
    let folder = try TemporaryFolder()
    let written = drawn(description, seed: 2)
    let path = try folder.write(tensors(written, description).dropLast())
    let parameters = drawn(description, seed: 1)
    let before = parameters.copy()
    #expect(throws: ModelError.self) {
      try parameters.read(
        from: SafetensorsFile(path: path),
        named: description.tensorNames, ignoring: { _ in false })
    }
    #expect(equal(parameters, before))
  }
}
