extension Processor {
  /// o = softmax(q·kᵀ/√d)·v for each sequence and head, d columns wide.
  ///
  /// As in Attention is all you need (Vaswani and others, 2017). The scores of a long sequence are
  /// made for a block of places at a time and not kept, so that memory grows with the length and not
  /// with its square; the backward pass makes them again (Chen and others, Training deep nets with
  /// sublinear memory cost, 2016).
  ///
  /// qkv: (T, 3H) = q|k|v, each heads·d wide and q, k already rotated   output: (T, H)
  ///
  /// - Parameters:
  ///   - qkv, output: Kept for the backward pass, each sequence while it is in the caches.
  ///   - probabilities: `AttentionMemory.keptCount` floats, kept for the backward pass: for each
  ///     sequence no longer than a block, each head, the n × n matrix of softmax rows; nil to make
  ///     them again as those of longer sequences.
  ///   - offsets: Where sequences start, and T at the end.
  ///   - scratch: `AttentionMemory.scratchCount` floats for the longest sequence.
  package func attentionForward(
    _ output: KeptMatrix, qkv: KeptMatrix, probabilities: UnsafeMutablePointer<Float>?,
    offsets: [Int], heads: Int, pattern: AttentionPattern, scratch: UnsafeMutablePointer<Float>
  ) {
    let columns = output.matrix.columns
    let width = headWidth(output.matrix, qkv.matrix, offsets, heads)
    measure(.attention, operations: 4 * Double(columns) * pattern.pairCount(offsets: offsets)) {
      var kept = probabilities
      for (start, end) in zip(offsets, offsets.dropFirst()) where start < end {
        let n = end - start
        let (qkv, output) = (qkv.rows(start..<end), output.rows(start..<end))
        keep(qkv)
        for head in 0..<heads {
          let (q, k, v) = headViews(qkv.matrix, head, heads, width)
          let o = output.matrix.columns(head * width..<(head + 1) * width)
          for places in AttentionMemory.blocks(n) {
            let seen = pattern.seen(from: places, length: n)
            let memory = AttentionMemory.isKept(n) ? kept ?? scratch : scratch
            let p = Matrix(memory, rows: places.count, columns: seen.count)
            weigh(p, q.rows(places), k.rows(seen), pattern.columns(from: places, seen: seen))
            multiply(o.rows(places), p, v.rows(seen))  // 3
          }
          if AttentionMemory.isKept(n) { kept = kept.map { $0 + n * n } }
        }
        keep(output)
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
  /// - Parameters:
  ///   - qkv, probabilities: As the forward pass kept them.
  ///   - scratch: `AttentionMemory.scratchCount` floats for the longest sequence.
  package func attentionBackward(
    qkvGradient: Matrix, outputGradient: Matrix, qkv: KeptMatrix,
    probabilities: UnsafeMutablePointer<Float>?, offsets: [Int], heads: Int,
    pattern: AttentionPattern, scratch: UnsafeMutablePointer<Float>
  ) {
    requireSameShape(qkvGradient, qkv.matrix)
    let width = headWidth(outputGradient, qkv.matrix, offsets, heads)
    measure(
      .attention,
      operations: 8 * Double(outputGradient.columns) * pattern.pairCount(offsets: offsets)
    ) {
      var kept = probabilities
      for (start, end) in zip(offsets, offsets.dropFirst()) where start < end {
        let n = end - start
        let qkv = qkv.rows(start..<end)
        restore(qkv)
        for head in 0..<heads {
          let (q, k, v) = headViews(qkv.matrix, head, heads, width)
          let (dq, dk, dv) = headViews(qkvGradient.rows(start..<end), head, heads, width)
          let dOut = outputGradient.rows(start..<end).columns(head * width..<(head + 1) * width)
          // What several blocks see gets a part of its gradient from each.
          let adds = n > AttentionMemory.blockRows
          if adds {
            dk.clear()
            dv.clear()
          }
          for places in AttentionMemory.blocks(n) {
            let seen = pattern.seen(from: places, length: n)
            let area = places.count * seen.count
            let dScores = Matrix(scratch, rows: places.count, columns: seen.count)
            let stored = AttentionMemory.isKept(n) ? kept : nil
            let p = Matrix(stored ?? scratch + area, rows: places.count, columns: seen.count)
            if stored == nil {
              weigh(p, q.rows(places), k.rows(seen), pattern.columns(from: places, seen: seen))
            }
            multiply(dv.rows(seen), p, dOut.rows(places), transposeA: true, accumulate: adds)  // 3
            multiply(dScores, dOut.rows(places), v.rows(seen), transposeB: true)
            softmaxBackward(  // 2: probabilities of 0, as of unseen tokens, give gradients of 0
              inputGradient: dScores, outputGradient: dScores, output: p,
              scale: 1 / Float(width).squareRoot())
            multiply(dq.rows(places), dScores, k.rows(seen))  // 1
            multiply(dk.rows(seen), dScores, q.rows(places), transposeA: true, accumulate: adds)
          }
          if AttentionMemory.isKept(n) { kept = kept.map { $0 + n * n } }
        }
      }
    }
  }

  /// Steps 1 and 2 of the forward pass: p = softmax(q·kᵀ/√d) over the columns that are seen.
  private func weigh(_ p: Matrix, _ q: Matrix, _ k: Matrix, _ columns: ClosedRange<Int>) {
    multiply(p, q, k, transposeB: true, scale: 1 / Float(q.columns).squareRoot())
    softmaxForward(p, columns: columns)
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

/// How much memory attention takes.
package enum AttentionMemory {
  /// The most places whose scores are made at a time; larger blocks are no faster.
  static let blockRows = 128

  /// Floats kept for the backward pass of sequences that start at `offsets`.
  package static func keptCount(offsets: [Int], heads: Int) -> Int {
    zip(offsets, offsets.dropFirst()).reduce(0) { sum, sequence in
      let n = sequence.1 - sequence.0
      return isKept(n) ? sum + heads * n * n : sum
    }
  }

  /// Floats of scratch for sequences of up to `length` places.
  package static func scratchCount(length: Int) -> Int { 2 * min(length, blockRows) * length }

  /// Whether the probabilities of a sequence are few enough to be kept.
  static func isKept(_ length: Int) -> Bool { length <= blockRows }

  static func blocks(_ length: Int) -> some Sequence<Range<Int>> {
    stride(from: 0, to: length, by: blockRows).lazy.map { $0..<min($0 + blockRows, length) }
  }
}
