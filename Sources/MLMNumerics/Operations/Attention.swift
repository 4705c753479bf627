extension Processor {
  /// o = softmax(q·kᵀ/√d)·v for each sequence and head, d columns wide.
  ///
  /// As in Attention is all you need (Vaswani and others, 2017).
  ///
  /// qkv: (T, 3H) = q|k|v, each heads·d wide and q, k already rotated   output: (T, H)
  ///
  /// - Parameters:
  ///   - probabilities: Σ heads·n² floats, kept for the backward pass: for each sequence, each
  ///     head, the n × n matrix of softmax rows.
  ///   - offsets: Where sequences start, and T at the end.
  ///   - causal: Whether a token sees itself and the tokens before it only.
  package func attentionForward(
    _ output: Matrix, qkv: Matrix, probabilities: UnsafeMutablePointer<Float>, offsets: [Int],
    heads: Int, causal: Bool
  ) {
    let width = headWidth(output, qkv, offsets, heads)
    var p = probabilities
    for (start, end) in zip(offsets, offsets.dropFirst()) where start < end {
      let n = end - start
      for head in 0..<heads {
        let (q, k, v) = headViews(qkv.rows(start..<end), head, heads, width)
        let o = output.rows(start..<end).columns(head * width..<(head + 1) * width)
        let scores = Matrix(p, rows: n, columns: n)
        multiply(scores, q, k, transposeB: true, scale: 1 / Float(width).squareRoot())  // 1
        softmaxForward(scores, causal: causal)  // 2
        multiply(o, scores, v)  // 3
        p += n * n
      }
    }
  }

  /// Computes the gradient of `attentionForward`, its three steps backwards.
  ///
  /// With p the probabilities and s the scores, in the forward pass this was
  ///   1. s = q·kᵀ/√d      2. p = softmax(s)      3. o = p·v
  /// so now we have
  ///   3. dv = pᵀ·do, dp = do·vᵀ      2. ds = p·(dp − Σ dp·p)/√d      1. dq = ds·k, dk = dsᵀ·q
  ///
  /// - Parameter scratch: At least n² floats for the longest sequence.
  package func attentionBackward(
    qkvGradient: Matrix, outputGradient: Matrix, qkv: Matrix,
    probabilities: UnsafeMutablePointer<Float>, offsets: [Int], heads: Int, causal: Bool,
    scratch: UnsafeMutablePointer<Float>
  ) {
    requireSameShape(qkvGradient, qkv)
    let width = headWidth(outputGradient, qkv, offsets, heads)
    var p = probabilities
    for (start, end) in zip(offsets, offsets.dropFirst()) where start < end {
      let n = end - start
      for head in 0..<heads {
        let (q, k, v) = headViews(qkv.rows(start..<end), head, heads, width)
        let (dq, dk, dv) = headViews(qkvGradient.rows(start..<end), head, heads, width)
        let dOut = outputGradient.rows(start..<end).columns(head * width..<(head + 1) * width)
        let probability = Matrix(p, rows: n, columns: n)
        let dScores = Matrix(scratch, rows: n, columns: n)
        multiply(dv, probability, dOut, transposeA: true)  // 3
        multiply(dScores, dOut, v, transposeB: true)
        softmaxBackward(  // 2: probabilities of 0, as of later tokens, give gradients of 0
          inputGradient: dScores, outputGradient: dScores, output: probability,
          scale: 1 / Float(width).squareRoot())
        multiply(dq, dScores, k)  // 1
        multiply(dk, dScores, q, transposeA: true)
        p += n * n
      }
    }
  }

  private func headWidth(_ output: Matrix, _ qkv: Matrix, _ offsets: [Int], _ heads: Int) -> Int {
    requireOffsets(offsets, rows: qkv.rows)
    precondition(
      output.rows == qkv.rows && qkv.columns == 3 * output.columns
        && output.columns % heads == 0,
      "\(qkv.rows)×\(qkv.columns) is not q|k|v of \(heads) heads for \(output.columns) columns")
    return output.columns / heads
  }

  /// The q, k and v columns of one head.
  private func headViews(
    _ x: Matrix, _ head: Int, _ heads: Int, _ width: Int
  ) -> (Matrix, Matrix, Matrix) {
    let part = { (index: Int) in
      let first = (index * heads + head) * width
      return x.columns(first..<first + width)
    }
    return (part(0), part(1), part(2))
  }
}
