import Foundation
import MLMModel
import MLMNumerics
import Testing

/// Weights of several files, of 16 bits, and under the names that smaller and older files have.
@Suite struct WeightFilesTests {
  private let folder: TemporaryFolder
  private let description: ModelDescription
  /// The weights that the tests write; they live as long as the test.
  private let drawn: Parameters

  init() throws {
    folder = try TemporaryFolder()
    var description = ModelDescription.small(.languageModel, Switches.bert)
    description.family = .bert
    self.description = description
    drawn = Parameters(description.layout)
    drawn.fillWidely(seed: 1)
  }

  /// A safetensors file of raw bytes.
  private func file(
    _ tensors: [(name: String, type: String, shape: [Int], bytes: [UInt8])]
  ) throws -> [UInt8] {
    var header: [String: Any] = [:]
    var data: [UInt8] = []
    for tensor in tensors {
      header[tensor.name] = [
        "dtype": tensor.type, "shape": tensor.shape,
        "data_offsets": [data.count, data.count + tensor.bytes.count],
      ]
      data += tensor.bytes
    }
    let json = Array(try JSONSerialization.data(withJSONObject: header))
    return withUnsafeBytes(of: UInt64(json.count).littleEndian, Array.init) + json + data
  }

  private func bytes(
    _ tensor: TensorToWrite, _ type: String, name: String? = nil
  ) -> (String, String, [Int], [UInt8]) {
    let bytes = tensor.values.flatMap { value -> [UInt8] in
      switch type {
      case "F16": withUnsafeBytes(of: binary16(value).littleEndian, Array.init)
      case "BF16":
        withUnsafeBytes(of: UInt16(value.bitPattern >> 16).littleEndian, Array.init)
      default: withUnsafeBytes(of: value.bitPattern.littleEndian, Array.init)
      }
    }
    return (name ?? tensor.name, type, tensor.shape, bytes)
  }

  /// A number as binary16, what does not fit cut off.
  private func binary16(_ value: Float) -> UInt16 {
    let bits = value.bitPattern
    let exponent = Int((bits >> 23) & 0xff) - 112
    guard exponent > 0 else { return UInt16(bits >> 16) & 0x8000 }
    return UInt16(bits >> 16) & 0x8000 | UInt16(exponent) << 10 | UInt16((bits >> 13) & 0x3ff)
  }

  private func open(newHead: Bool = false) throws -> (Parameters, Set<String>) {
    try Parameters.open(description, from: WeightFiles(directory: folder.path), newHead: newHead)
  }

  private func write(_ bytes: [UInt8], _ name: String = "model.safetensors") throws {
    try Data(bytes).write(to: URL(fileURLWithPath: folder.path + "/" + name))
  }

  private func differences(_ a: Parameters, _ b: Parameters) -> Float {
    a.layout.slots.indices.reduce(0) {
      max($0, zip(a.values($1), b.values($1)).map { abs($0 - $1) }.max() ?? 0)
    }
  }

  @Test(arguments: [("F16", Float(1) / 1024), ("BF16", Float(1) / 128), ("F32", 0)])
  func numbersOfSixteenBitsAreWidened(type: String, share: Float) throws {
    let parameters = drawn
    try write(file(parameters.tensors(named: description.tensorNames).map { bytes($0, type) }))
    let (read, missing) = try open()
    #expect(missing.isEmpty)
    let difference = differences(read, parameters)
    #expect(difference <= 1.6 * share && (share == 0 || difference > 0))
  }

  /// IEEE 754: 1, −2, 65504, the smallest normal and subnormal numbers, 1/3.
  @Test func binary16IsReadExactly() throws {
    let bits: [UInt16] = [0x3c00, 0xc000, 0x7bff, 0x0400, 0x0001, 0x3555, 0x8000, 0x0000]
    let expected: [Float] = [1, -2, 65504, 0x1p-14, 0x1p-24, 0.333251953125, -0.0, 0]
    let data = bits.flatMap { withUnsafeBytes(of: $0.littleEndian, Array.init) }
    try write(file([("x", "F16", [8], data)]))
    let values = FloatBuffer(count: 8)
    try SafetensorsFile(path: folder.path + "/model.safetensors").read(
      "x", shape: [8], into: UnsafeMutableBufferPointer(start: values.pointer, count: 8))
    #expect((0..<8).map { values.pointer[$0].bitPattern } == expected.map(\.bitPattern))
  }

  @Test func smallerAndOlderFilesHaveOtherNames() throws {
    let parameters = drawn
    let renamed = parameters.tensors(named: description.tensorNames).map { tensor in
      var name = tensor.name
      if name.hasPrefix("bert.") { name = String(name.dropFirst(5)) }
      name = name.replacing("LayerNorm.weight", with: "LayerNorm.gamma")
        .replacing("LayerNorm.bias", with: "LayerNorm.beta")
      return bytes(tensor, "F32", name: name)
    }
    let ignored = [
      ("embeddings.position_ids", "I64", [1, 2], [UInt8](repeating: 0, count: 16)),
      ("pooler.dense.weight", "F32", [1], [0, 0, 0, 0]),
      ("cls.seq_relationship.bias", "F32", [1], [0, 0, 0, 0]),
    ]
    try write(file(renamed + ignored))
    #expect(differences(try open().0, parameters) == 0)
    let weights = try WeightFiles(directory: folder.path)
    #expect(
      weights.unusedNames(by: description)
        == ["cls.seq_relationship.bias", "embeddings.position_ids", "pooler.dense.weight"])
    try write(file(renamed + [("encoder.layer.2.output.dense.bias", "F32", [1], [0, 0, 0, 0])]))
    let error = try #require(throws: ModelError.self) { try open() }
    #expect(
      error.reason == "tensor encoder.layer.2.output.dense.bias is not part of this architecture")
  }

  @Test func severalFilesAreOne() throws {
    let parameters = drawn
    let tensors = parameters.tensors(named: description.tensorNames)
    var map: [String: String] = [:]
    for (part, range) in [0..<7, 7..<20, 20..<tensors.count].enumerated() {
      let name = "model-0000\(part).safetensors"
      try write(file(tensors[range].map { bytes($0, part == 1 ? "BF16" : "F32") }), name)
      for tensor in tensors[range] { map[tensor.name] = name }
    }
    func writeIndex(_ map: [String: String]) throws {
      try write(
        Array(try JSONSerialization.data(withJSONObject: ["weight_map": map])),
        "model.safetensors.index.json")
    }
    func refusal() throws -> ModelError {
      try #require(throws: ModelError.self) { try open() }
    }
    try writeIndex(map)
    let difference = differences(try open().0, parameters)
    #expect(difference > 0 && difference < 0.02)
    var wrong = map
    wrong["other"] = "model-00000.safetensors"
    try writeIndex(wrong)
    #expect(try refusal().reason == "tensor other is not in model-00000.safetensors")
    wrong = map.merging([tensors[0].name: "model-00001.safetensors"]) { $1 }
    try writeIndex(wrong)
    #expect(try refusal().reason.hasPrefix("tensor \(tensors[0].name) is not where"))
    try writeIndex(map.merging([tensors[0].name: "../model.safetensors"]) { $1 })
    #expect(
      try refusal().reason == "expected a file in the same folder, found ../model.safetensors")
    try writeIndex(map.mapValues { $0.replacing("00000", with: "00009") })
    #expect(try refusal().code == .missingFile)
    try write(Array("{\"weight_map\": 3}".utf8), "model.safetensors.index.json")
    #expect(try refusal().code == .malformed)
  }

  /// Query, key and value are used where they lie, and copied for who asks for them as one.
  @Test(arguments: ["F32", "F16"])
  func scatteredRowsGiveTheSameNumbers(type: String) throws {
    let tensors = drawn.tensors(named: description.tensorNames)
    if type == "F32" {
      _ = try folder.write(tensors)
    } else {
      try write(file(tensors.map { bytes($0, type) }))
    }
    let (read, _) = try open()
    let slot = read.layout.layers[1].queryKeyValue.weight
    let parts = read.scatteredRows(slot)
    #expect((parts?.map(\.rows) == [8, 8, 8]) == (type == "F32"))
    let copied = read.copy()
    #expect(copied.values(slot).elementsEqual(read.values(slot)))
    #expect(copied.scatteredRows(slot) == nil)
    if type == "F32" { #expect(read.values(slot).elementsEqual(drawn.values(slot))) }
    let rows = [read, copied].map { parameters -> [Float] in
      let activations = Activations(description.transformer, keeping: nil)
      let batch = Batch([[2, 7, 9, 3], [2, 11, 3]] as [[Int32]])
      Transformer(description.transformer, parameters: parameters)
        .forward(batch, into: activations)
      return Array(
        UnsafeBufferPointer(start: activations.output.pointer, count: 7 * 8))
    }
    for (a, b) in zip(rows[0], rows[1]) { #expect(abs(a - b) < 1e-5 * max(1, abs(b))) }
  }

  /// As in transformers 5: a matrix of scores that differs from the embeddings is not tied to them.
  @Test func matrixThatDiffersIsNotTied() throws {
    let tensors = drawn.tensors(named: description.tensorNames)
    let embedding = try #require(tensors.first)
    for (share, isTied) in [(UInt8(0), true), (1, false)] {
      var copy = bytes(embedding, "F32", name: "cls.predictions.decoder.weight")
      copy.3[0] ^= share
      try write(file(tensors.map { bytes($0, "F32") } + [copy]))
      let weights = try WeightFiles(directory: folder.path)
      let adapted = description.adapted(to: weights)
      #expect(adapted.transformer.languageModelHead.isTied == isTied)
      let read = try Parameters.open(adapted, from: weights).parameters
      #expect((read.layout.vocabularyWeight == read.layout.tokenEmbedding) == isTied)
    }
  }

  /// transformers 5 looks for the bias of scores under both of its names.
  @Test func biasOfUntiedScoresIsWrittenTwice() throws {
    for isTied in [true, false] {
      var untied = description
      untied.transformer.languageModelHead.isTied = isTied
      let parameters = Parameters(untied.layout)
      let tensors = parameters.tensors(named: untied.tensorNames, withCopies: true)
      let names = tensors.map(\.name).filter { $0.hasPrefix("cls.predictions.") }
      #expect(names.contains("cls.predictions.bias"))
      #expect(names.contains("cls.predictions.decoder.bias") == !isTied)
      // The tensors are views of the parameters' memory.
      let stored = withExtendedLifetime(parameters) { tensors.map { bytes($0, "F32") } }
      try write(file(stored))
      let files = try WeightFiles(directory: folder.path)
      #expect(try Parameters.open(untied, from: files).missing.isEmpty)
    }
  }

  @Test func headThatIsToBeTrainedMayBeMissing() throws {
    let parameters = drawn
    let tensors = parameters.tensors(named: description.tensorNames)
    try write(file(tensors.filter { !$0.name.hasPrefix("cls.") }.map { bytes($0, "F32") }))
    let error = try #require(throws: ModelError.self) { try open() }
    #expect(error.code == .mismatch)
    #expect(error.reason.hasPrefix("tensor cls.predictions.transform.dense.weight is missing"))
    let (read, missing) = try open(newHead: true)
    #expect(
      missing == [
        "head.dense", "head.dense.bias", "head.norm", "head.norm.bias", "head.vocabulary_bias",
      ])
    read.initialize(seed: 3, only: missing)
    let head = try #require(read.layout.headDense)
    #expect(read.values(head.weight).contains { $0 != 0 })
    #expect(Array(read.values(0)) == Array(parameters.values(0)))
    // The transformer itself must be there.
    try write(file(tensors.dropFirst().map { bytes($0, "F32") }))
    #expect(throws: ModelError.self) { try open(newHead: true) }
  }

  @Test func foreignFormatIsNamed() throws {
    try write([1, 2, 3], "pytorch_model.bin")
    let error = try #require(throws: ModelError.self) { try open() }
    #expect(error.code == .missingFile && error.reason.contains("pytorch_model.bin"))
  }

  /// Numbers stay in the file; replacing it by another of its name changes nothing that is open.
  @Test func replacedFilesStayOpen() throws {
    let parameters = drawn
    let tensors = parameters.tensors(named: description.tensorNames)
    try write(file(tensors.map { bytes($0, "F32") }))
    let (read, _) = try open()
    try write(file(tensors.map { bytes($0, "BF16") }), "other")
    #expect(rename(folder.path + "/other", folder.path + "/model.safetensors") == 0)
    #expect(differences(read, parameters) == 0)
    #expect(differences(read.copy(), parameters) == 0)
    #expect(read.isFinite)
  }
}
