import MLM
import MLMModel
import MLMNumerics

/// The weights being trained, their gradients and the optimizer's moments; one step is
/// ``accumulate(_:_:)`` and then ``update(learningRate:weightDecay:gradientClip:)``.
///
/// Pieces of a step are worked on by several threads, and their gradients added in the order of the
/// pieces. So the sums, and with them the weights, are the same bytes at any number of threads.
package final class Optimization {
  package let transformer: Transformer
  let threads: Threads
  package let firstMoment: Parameters
  package let secondMoment: Parameters
  /// Updates done.
  package var stepCount = 0
  package let gradients: Parameters
  private let workers: [UncheckedSendable<Worker>]

  /// What one thread writes to.
  package final class Worker {
    package let activations: Activations
    package let gradients: Parameters
    package let languageModelHead: LanguageModelHead
    package let classificationHead: ClassificationHead
    private var outputGradientStorage = FloatBuffer(count: 16)

    init(_ transformer: Transformer, pooling: Pooling) {
      activations = Activations(transformer.configuration, keepsLayers: true)
      gradients = Parameters(transformer.layout)
      languageModelHead = LanguageModelHead(transformer)
      classificationHead = ClassificationHead(transformer, pooling: pooling)
    }

    /// A matrix for the gradient of the transformer's rows.
    package func outputGradient(rows: Int, width: Int) -> Matrix {
      if outputGradientStorage.count < rows * width {
        outputGradientStorage = FloatBuffer(count: rows * width)
      }
      return Matrix(outputGradientStorage.pointer, rows: rows, columns: width)
    }
  }

  package init(_ transformer: Transformer, threads: Threads, pooling: Pooling = .mean) {
    self.transformer = transformer
    self.threads = threads
    firstMoment = Parameters(transformer.layout)
    secondMoment = Parameters(transformer.layout)
    gradients = Parameters(transformer.layout)
    workers = (0..<threads.count).map { _ in
      UncheckedSendable(Worker(transformer, pooling: pooling))
    }
  }

  /// Sets the gradients to the sum over the pieces; returns the sum of what `body` returns.
  ///
  /// - Parameters:
  ///   - pieceCount: Number of pieces.
  ///   - body: Works on a piece; adds gradients to the worker's, which are zero, and returns its loss.
  package func accumulate(_ pieceCount: Int, _ body: @Sendable (Int, Worker) -> Double) -> Double {
    let (gradients, workers, processor) = (gradients, workers, transformer.processor)
    gradients.setToZero()
    let losses = FloatingSums(count: pieceCount)
    threads.forEachOrdered(
      pieceCount,
      { piece, worker in
        let worker = workers[worker].value
        worker.gradients.setToZero()
        losses[piece] = body(piece, worker)
      },
      commit: { _, worker in
        let source = workers[worker].value.gradients.storage
        processor.add(
          Matrix(gradients.storage.pointer, rows: 1, columns: source.count),
          Matrix(source.pointer, rows: 1, columns: source.count))
      })
    return losses.sum
  }

  /// Clips the gradients to a length and takes one AdamW step.
  ///
  /// - Returns: The length of the gradients before clipping; where it is not finite the weights are
  ///   left as they were.
  package func update(learningRate: Float, weightDecay: Float, gradientClip: Float) -> Double {
    let norm = gradientNorm()
    guard norm.isFinite else { return norm }
    stepCount += 1
    let scale = norm > Double(gradientClip) ? Float(Double(gradientClip) / norm) : 1
    let optimizer = AdamW(learningRate: Double(learningRate), weightDecay: Double(weightDecay))
    let (parameters, processor, step) = (transformer.parameters, transformer.processor, stepCount)
    let (gradients, first, second) = (gradients, firstMoment, secondMoment)
    let parts = parts
    threads.forEach(parts.count) { index, _ in
      let part = parts[index]
      optimizer.step(
        parameters: parameters.storage.pointer + part.range.lowerBound,
        gradients: gradients.storage.pointer + part.range.lowerBound,
        firstMoment: first.storage.pointer + part.range.lowerBound,
        secondMoment: second.storage.pointer + part.range.lowerBound, count: part.range.count,
        step: step, decays: part.decays, gradientScale: scale, on: processor)
    }
    return norm
  }

  /// Whether every weight is a number.
  ///
  /// An update is checked by its gradients alone, so the last one of a run may leave what is none.
  package var hasFiniteWeights: Bool { length(of: transformer.parameters).isFinite }

  private func gradientNorm() -> Double { length(of: gradients) }

  private func length(of parameters: Parameters) -> Double {
    let (parts, storage, processor) = (parts, parameters.storage, transformer.processor)
    let sums = FloatingSums(count: parts.count)
    threads.forEach(parts.count) { index, _ in
      let range = parts[index].range
      sums[index] = processor.sumOfSquares(
        storage.pointer + range.lowerBound, count: range.count)
    }
    return sums.sum.squareRoot()
  }

  /// The parameters in parts of bounded size.
  private lazy var parts: [(range: Range<Int>, decays: Bool)] = transformer.layout.slots.flatMap {
    slot in
    stride(from: slot.start, to: slot.start + slot.count, by: 1 << 16).map { start in
      (start..<min(start + 1 << 16, slot.start + slot.count), slot.decays)
    }
  }
}
