/// Runs a `BytePairModel` on words of raw bytes.
final class BytePairTokenizer: WordTokenizer {
  private let model: BytePairModel
  private var merger: BytePairMerger
  private var ids = IDBuffer()

  init(_ model: BytePairModel) {
    self.model = model
    merger = BytePairMerger(model)
  }

  var isRepeatable: Bool { true }

  func append(_ word: UnsafeBufferPointer<UInt8>, to tokens: inout [ModelToken]) {
    ids.shorten(to: 0)
    merger.append(word, to: &ids)
    var place: Int32 = 0
    for id in ids.elements {
      let end = place + model.byteCounts[Int(id)]
      tokens.append(ModelToken(id: id, start: place, end: end))
      place = end
    }
    ids.release()
  }
}
