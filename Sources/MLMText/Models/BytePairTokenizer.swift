/// Runs a `BytePairModel` on words of raw bytes.
struct BytePairTokenizer: WordTokenizer {
  private let model: BytePairModel
  private var merger: BytePairMerger
  private var ids: [Int32] = []

  init(_ model: BytePairModel) {
    self.model = model
    merger = BytePairMerger(model)
  }

  var isRepeatable: Bool { true }

  mutating func append(_ word: UnsafeBufferPointer<UInt8>, to tokens: inout [ModelToken]) {
    ids.removeAll(keepingCapacity: true)
    merger.append(word, to: &ids)
    var place: Int32 = 0
    for id in ids {
      let end = place + model.byteCounts[Int(id)]
      tokens.append(ModelToken(id: id, start: place, end: end))
      place = end
    }
    if ids.count > 1 << 16 { ids = [] }
  }
}
