extension Tokenizer {
  /// Returns the identifiers of each text, in order, computed on `threads` threads.
  public func encodeBatch(
    _ texts: [String], addingSpecialTokens: Bool = true, threads: Int
  ) -> [[Int32]] {
    inParallel(texts.count, threads: threads) { index in
      var ids: [Int32] = []
      var text = texts[index]
      text.withUTF8 {
        encodeIDs(valid: $0, addingSpecialTokens: addingSpecialTokens, into: &ids)
      }
      return ids
    }
  }

  /// Returns the tokens of each text, given as UTF-8, and where each came from, in order, computed on
  /// `threads` threads.
  ///
  /// Malformed sequences become U+FFFD first, and offsets then count the repaired bytes.
  public func encodings(
    ofUTF8 texts: [[UInt8]], addingSpecialTokens: Bool = true, threads: Int
  ) -> [Encoding] {
    inParallel(texts.count, threads: threads) { index in
      texts[index].withUnsafeBufferPointer {
        encode(utf8: $0, addingSpecialTokens: addingSpecialTokens)
      }
    }
  }

  /// Returns the tokens of each text and where each came from, in order, computed on `threads`
  /// threads.
  public func encodings(
    of texts: [String], addingSpecialTokens: Bool = true, threads: Int
  ) -> [Encoding] {
    inParallel(texts.count, threads: threads) { index in
      encode(texts[index], addingSpecialTokens: addingSpecialTokens)
    }
  }

  /// Returns the input for each text, or pair of texts, in order, computed on `threads` threads.
  ///
  /// With a padding that has no length, all are as long as the longest.
  public func inputs(
    _ texts: [(first: [UInt8], second: [UInt8]?)], addingSpecialTokens: Bool = true, threads: Int
  ) throws(TokenizerError) -> [ModelInput] {
    let results = inParallel(texts.count, threads: threads) { index in
      Result { () throws(TokenizerError) -> ModelInput in
        try unpadded(
          texts[index].first, texts[index].second, addingSpecialTokens: addingSpecialTokens)
      }
    }
    var inputs: [ModelInput] = []
    inputs.reserveCapacity(results.count)
    for result in results { inputs.append(try result.get()) }
    if let padding {
      let length = Self.length(padding, longest: inputs.map(\.count).max() ?? 0)
      for index in inputs.indices { inputs[index].pad(to: length, padding) }
    }
    return inputs
  }

  /// Calls `body` with 0 to `count - 1` on `threads` threads and returns the results in order.
  package func inParallel<Result>(
    _ count: Int, threads: Int, _ body: (Int) -> Result
  ) -> [Result] {
    guard threads > 1, count > 1 else { return (0..<count).map(body) }
    return WorkerThreads.map(count, threads: threads, body)
  }
}
