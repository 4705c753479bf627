import MLMModel
import MLMNumerics
import Testing

/// The list of parameters and the storage derived from it.
@Suite struct ParameterLayoutTests {
  /// transformers 5.23 on the meta device, vocabulary 8192: the sum of `numel` over `parameters()` of
  /// ModernBertModel, ModernBertForMaskedLM (ModernBertDecoderForCausalLM has as many) and
  /// ModernBertForSequenceClassification with three labels.
  @Test(arguments: [
    (Preset.nano, [1_606_784, 1_631_488, 1_623_683]),
    (.tiny, [3_455_424, 3_500_672, 3_493_059]),
    (.mini, [6_000_384, 6_074_368, 6_066_947]),
    (.small, [15_687_552, 15_843_584, 15_836_547]),
    (.base, [116_623_104, 117_221_888, 117_216_003]),
  ])
  func presetsHaveAsManyParametersAsTransformersSays(_ preset: Preset, _ counts: [Int]) throws {
    let configuration = preset.configuration(vocabularySize: 8192)
    try configuration.validate()
    for (head, count) in zip(
      [Head.none, .languageModel, .classification(classCount: 3)], counts)
    {
      #expect(ParameterLayout(configuration, head: head).parameterCount == count)
    }
  }

  @Test func presetsAreAsDesigned() {
    // Layers, width, feed-forward width, heads.
    let shapes = Preset.allCases.map { preset in
      let shape = preset.configuration(vocabularySize: 8192)
      return [shape.layerCount, shape.width, shape.feedForwardWidth, shape.headCount]
    }
    #expect(
      shapes == [
        [4, 128, 192, 4], [6, 192, 288, 3], [7, 256, 384, 4], [10, 384, 576, 6],
        [22, 768, 1152, 12],
      ])
    #expect(Preset.allCases.map(\.rawValue) == ["nano", "tiny", "mini", "small", "base"])
    #expect(Preset.mini.configuration(vocabularySize: 8192).maximumLength == 512)
  }

  @Test(arguments: [Head.none, .languageModel, .classification(classCount: 3)])
  func slotsAreAlignedAndApart(_ head: Head) {
    // Sizes that are no multiples of 16, so that gaps are needed.
    let layout = ParameterLayout(
      TransformerConfiguration(
        vocabularySize: 37, layerCount: 3, width: 10, feedForwardWidth: 7, headCount: 5),
      head: head)
    var end = 0
    for slot in layout.slots {
      #expect(slot.start % 16 == 0 && slot.start >= end, "\(slot.name)")
      #expect(slot.range.count == slot.count && slot.count > 0)
      end = slot.range.upperBound
    }
    #expect(layout.storageCount >= end && layout.storageCount < end + 16)
    #expect(Set(layout.slots.map(\.name)).count == layout.slots.count)
    #expect(layout.slots.filter { $0.name == "layer.0.attention.norm" }.isEmpty)
    #expect(layout.layers.map { $0.attentionNorm == nil } == [true, false, false])
  }

  @Test func viewsCoverTheirSlots() {
    let layout = ParameterLayout(
      TransformerConfiguration(
        vocabularySize: 37, layerCount: 2, width: 10, feedForwardWidth: 7, headCount: 5),
      head: .languageModel)
    let parameters = Parameters(layout)
    for (index, slot) in layout.slots.enumerated() {
      parameters.values(index).update(repeating: Float(index + 1))
      let matrix = parameters.matrix(index)
      #expect(matrix.rows * matrix.columns == slot.count && matrix.columns == slot.shape.last)
      #expect(matrix.row(matrix.rows - 1)[matrix.columns - 1] == Float(index + 1))
      #expect(parameters.vector(index)[0] == Float(index + 1))
    }
    let storage = UnsafeBufferPointer(
      start: parameters.storage.pointer, count: parameters.storage.count)
    #expect(storage.count { $0 != 0 } == layout.parameterCount)
    let copy = parameters.copy()
    parameters.setToZero()
    #expect(storage.allSatisfy { $0 == 0 })
    #expect(copy.vector(0)[0] == 1)
  }

  /// Layers upon each other: every slot keeps its size, and no two share a number unless they are of
  /// different layers.
  @Test(arguments: [Head.none, .languageModel, .classification(classCount: 3)])
  func layersMayShareMemory(_ head: Head) {
    let layout = ParameterLayout(
      Preset.nano.configuration(vocabularySize: 100), head: head)
    let (starts, count) = layout.placesSharingLayers
    let largest = layout.layerSlots.map { $0.reduce(0) { $0 + layout.slots[$1].count } }.max() ?? 0
    let outside = layout.slotsOutsideLayers.reduce(0) { $0 + layout.slots[$1].count }
    #expect(count >= outside + largest && count < outside + largest + 16 * layout.slots.count)
    for layer in layout.layerSlots {
      let together = (layout.slotsOutsideLayers + layer).sorted { starts[$0] < starts[$1] }
      for (slot, next) in zip(together, together.dropFirst()) {
        #expect(starts[slot] + layout.slots[slot].count <= starts[next])
      }
      #expect(together.allSatisfy { starts[$0] + layout.slots[$0].count <= count })
      #expect(layout.slots[layer.lowerBound].name.hasPrefix("layer."))
    }
    #expect(
      layout.layerSlots.map(\.count).reduce(0, +) + layout.slotsOutsideLayers.count
        == layout.slots.count)
  }
}
