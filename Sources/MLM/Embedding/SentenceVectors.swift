import MLMModel
import MLMNumerics

/// Turns the rows of sequences into vectors as a model directory says: pooling, then its further steps.
struct SentenceVectors: Sendable {
  private let pooling: SentencePooling
  private let processor: Processor
  /// Numbers per vector.
  let dimension: Int

  /// Follows a model directory.
  ///
  /// - Parameters:
  ///   - model: The model directory.
  ///   - pooling: Another pooling, which leaves dense layers out.
  ///   - normalizesLength: Whether vectors have length 1; what the directory says if nil.
  init(_ model: ModelDirectory, pooling: Pooling?, normalizesLength: Bool?) {
    self.pooling = model.sentencePooling(pooling, normalizesLength)
    processor = model.transformer.processor
    dimension = self.pooling.dimension(width: model.configuration.width)
  }

  /// Calls `body` with the vector of each sequence.
  ///
  /// - Parameters:
  ///   - rows: The rows of all sequences, T×H.
  ///   - offsets: Where each sequence starts, and the number of rows.
  ///   - promptTokens: Rows at the start of each sequence that belong to the prompt.
  ///   - body: Gets the number of the sequence and its vector.
  func compute(
    _ rows: Matrix, offsets: [Int], promptTokens: Int,
    _ body: (_ row: Int, _ vector: UnsafePointer<Float>) -> Void
  ) {
    let count = offsets.count - 1
    let leftOut = pooling.includesPrompt ? 0 : promptTokens
    var buffer = FloatBuffer(count: count * rows.columns * pooling.poolings.count)
    var vectors = Matrix(
      buffer.pointer, rows: count, columns: rows.columns * pooling.poolings.count)
    for (place, kind) in pooling.poolings.enumerated() {
      let columns = place * rows.columns..<(place + 1) * rows.columns
      PoolingLayer(kind).forward(
        vectors.columns(columns), rows, offsets: offsets, leavingOutFirst: leftOut, on: processor)
    }
    for step in pooling.steps {
      switch step {
      case .normalize:
        for row in 0..<count { Self.normalize(vectors.row(row), count: vectors.columns) }
      case .dense(let layer):
        let output = FloatBuffer(count: count * layer.outputWidth)
        let result = Matrix(output.pointer, rows: count, columns: layer.outputWidth)
        layer.apply(result, vectors, on: processor)
        (buffer, vectors) = (output, result)
      }
    }
    if !FiniteNumbers.areAll(in: rows) {
      // Pooling may pass over what is no number, as where it takes the largest.
      for row in 0..<count
      where !FiniteNumbers.areAll(in: rows.rows(offsets[row]..<offsets[row + 1])) {
        vectors.row(row).update(repeating: .nan, count: vectors.columns)
      }
    }
    withExtendedLifetime(buffer) {
      for row in 0..<count { body(row, vectors.row(row)) }
    }
  }

  /// The vector of a text from those of its windows: their mean, of which the first numbers are kept.
  ///
  /// - Throws: ``MLMError`` with code `notFinite`.
  func joined(_ windows: Matrix, keeping kept: Int) throws(MLMError) -> [Float] {
    var values = [Float](UnsafeBufferPointer(start: windows.pointer, count: kept))
    if windows.rows > 1 {
      for column in 0..<kept {
        var sum = 0.0
        for row in 0..<windows.rows { sum += Double(windows.row(row)[column]) }
        values[column] = Float(sum / Double(windows.rows))
      }
    }
    if pooling.normalizesLength && (windows.rows > 1 || kept < windows.columns) {
      values.withUnsafeMutableBufferPointer { values in
        if let start = values.baseAddress { Self.normalize(start, count: kept) }
      }
    }
    guard values.allSatisfy(\.isFinite) else {
      throw MLMError(
        .notFinite,
        "expected a vector of numbers, found one with infinities or none: the model's weights hold "
          + "such numbers, or ones too large")
    }
    return values
  }

  private static func normalize(_ values: UnsafeMutablePointer<Float>, count: Int) {
    var sum = 0.0
    for index in 0..<count { sum += Double(values[index]) * Double(values[index]) }
    guard sum > 0 else { return }
    let scale = Float(1 / sum.squareRoot())
    for index in 0..<count { values[index] *= scale }
  }
}

extension ModelDirectory {
  /// How its sentence embeddings are made, with another pooling or length.
  func sentencePooling(_ other: Pooling?, _ normalizesLength: Bool?) -> SentencePooling {
    var result = sentencePooling
    if let other {
      result.poolings = [other]
      result.steps.removeAll { if case .dense = $0 { true } else { false } }
    }
    if let normalizesLength { result.normalizesLength = normalizesLength }
    return result
  }

  /// Numbers per vector that its files ask for.
  var embeddingDimension: Int { sentencePooling.dimension(width: configuration.width) }
}
