import MLMModel
import MLMNumerics
import Testing

/// What a row may see: its own sequence, and in a causal model nothing later.
@Suite struct CausalTests {
  private let width = 64

  private func transformer(_ attention: TransformerConfiguration.Attention) -> Transformer {
    let configuration = TransformerConfiguration(
      vocabularySize: 90, layerCount: 2, width: width, feedForwardWidth: 96, headCount: 2,
      maximumLength: 40, attention: attention)
    let parameters = Parameters(ParameterLayout(configuration, head: .languageModel))
    parameters.fillWidely(seed: 6, spread: 0.2)
    return Transformer(configuration, parameters: parameters)
  }

  private func rows(
    _ transformer: Transformer, _ batch: Batch,
    attention: TransformerConfiguration.Attention? = nil
  ) -> Rows {
    let activations = Activations(transformer.configuration, keeping: nil)
    transformer.forward(batch, into: activations, attention: attention)
    return Rows(activations.output)
  }

  private func logits(_ transformer: Transformer, _ batch: Batch) -> [[Float]] {
    let activations = Activations(transformer.configuration, keeping: nil)
    transformer.forward(batch, into: activations)
    var logits: [[Float]] = []
    LanguageModelHead(transformer).scores(
      atRows: (0..<Int32(batch.rowCount)).map { $0 }, output: activations.output
    ) { logits.append(Array($1)) }
    return logits
  }

  @Test func laterTokensChangeNoEarlierLogit() {
    let model = transformer(.causal)
    let ids = Batch.drawn([40], vocabularySize: 90, seed: 1).ids
    let before = logits(model, Batch([ids]))
    for place in 0..<40 {
      var changed = ids
      changed[place] = (ids[place] + 1) % 90
      let after = logits(model, Batch([changed]))
      #expect(after[..<place] == before[..<place], "token \(place) is seen by earlier rows")
      for row in place..<40 {
        #expect(after[row] != before[row], "token \(place) is not seen by row \(row)")
      }
    }
  }

  @Test func laterTokensChangeEarlierRowsOfABidirectionalModel() {
    let model = transformer(.bidirectional)
    let ids = Batch.drawn([40], vocabularySize: 90, seed: 1).ids
    let before = rows(model, Batch([ids]))
    for place in [0, 1, 20, 39] {
      var changed = ids
      changed[place] = (ids[place] + 1) % 90
      let after = rows(model, Batch([changed]))
      for row in 0..<40 { #expect(after[row] != before[row], "row \(row), token \(place)") }
    }
  }

  @Test func attentionOfOnePassReplacesTheConfigurations() {
    let (causal, bidirectional) = (transformer(.causal), transformer(.bidirectional))
    let batch = Batch.drawn([9, 4], vocabularySize: 90, seed: 2)
    #expect(rows(bidirectional, batch, attention: .causal).all == rows(causal, batch).all)
    #expect(rows(causal, batch, attention: .bidirectional).all == rows(bidirectional, batch).all)
    #expect(rows(causal, batch).all != rows(bidirectional, batch).all)
  }

  @Test(arguments: [TransformerConfiguration.Attention.causal, .bidirectional])
  func sequencesDoNotSeeEachOther(_ attention: TransformerConfiguration.Attention) {
    let model = transformer(attention)
    let lengths = [7, 12, 1, 9]
    let starts = [0, 7, 19, 20, 29]
    let batch = Batch.drawn(lengths, vocabularySize: 90, seed: 3)
    let before = rows(model, batch)
    for changed in lengths.indices {
      let other = Batch(
        lengths.indices.map { index in
          batch.ids[starts[index]..<starts[index + 1]].map {
            index == changed ? ($0 + 1) % 90 : $0
          }
        })
      let after = rows(model, other)
      for index in lengths.indices {
        for row in starts[index]..<starts[index + 1] {
          #expect((after[row] == before[row]) == (index != changed), "row \(row)")
        }
      }
    }
  }

  @Test func positionsCountFromTheStartOfTheSequence() {
    // The same token at another place of its sequence is another row.
    let model = transformer(.bidirectional)
    let row = rows(model, Batch([[5, 6, 7, 5]]))
    #expect(row[0] != row[3])
  }
}
