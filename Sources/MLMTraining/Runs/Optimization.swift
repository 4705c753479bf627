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
  private let optimizer: Optimizer
  let threads: Threads
  package let firstMoment: Parameters
  package let secondMoment: Parameters
  /// Updates done.
  package var stepCount = 0
  package let gradients: Parameters
  private let pooling: Pooling
  private lazy var workers = makeWorkers()

  /// What one thread writes to.
  package final class Worker {
    package let activations: Activations
    fileprivate let pieceGradients: PieceGradients
    package let languageModelHead: LanguageModelHead
    package let classificationHead: ClassificationHead
    private var outputGradientStorage = FloatBuffer(count: 16)
    private var muonStorage = FloatBuffer(count: 16)

    /// The gradients of the piece, where all layers share the memory of one.
    package var gradients: Parameters { pieceGradients.parameters }

    init(_ transformer: Transformer, pooling: Pooling, sum: Parameters) {
      activations = Activations(transformer.configuration, keeping: transformer.processor.precision)
      pieceGradients = PieceGradients(addingTo: sum, on: transformer.processor)
      languageModelHead = LanguageModelHead(transformer)
      classificationHead = ClassificationHead(transformer, pooling: pooling)
    }

    /// A matrix for the gradient of the transformer's rows.
    package func outputGradient(rows: Int, width: Int) -> Matrix {
      if outputGradientStorage.count < rows * width {
        // Somewhat more, so that the next larger piece needs no memory.
        outputGradientStorage = FloatBuffer(count: rows * width * 9 / 8)
      }
      return Matrix(outputGradientStorage.pointer, rows: rows, columns: width)
    }

    /// Memory for a step of Muon on a matrix.
    fileprivate func muonScratch(rows: Int, columns: Int) -> UnsafeMutablePointer<Float> {
      let needed = Muon.scratchCount(rows: rows, columns: columns)
      if muonStorage.count < needed { muonStorage = FloatBuffer(count: needed) }
      return muonStorage.pointer
    }
  }

  package init(
    _ transformer: Transformer, optimizer: Optimizer = .adamW, threads: Threads,
    pooling: Pooling = .mean
  ) {
    self.transformer = transformer
    self.optimizer = optimizer
    self.threads = threads
    firstMoment = Parameters(transformer.layout)
    secondMoment = Parameters(transformer.layout)
    gradients = Parameters(transformer.layout)
    self.pooling = pooling
  }

  /// Lets go of the memory that steps work in; the next step takes it anew.
  package func releaseScratch() { workers = makeWorkers() }

  private func makeWorkers() -> [UncheckedSendable<Worker>] {
    (0..<threads.count).map { _ in
      UncheckedSendable(Worker(transformer, pooling: pooling, sum: gradients))
    }
  }

  /// Sets the gradients to the sum over the pieces; returns the sum of what `body` returns.
  ///
  /// - Parameters:
  ///   - pieceCount: Number of pieces.
  ///   - body: Works on a piece; adds gradients to the worker's, which are zero, calls `layerIsDone`
  ///     as the transformer's backward pass does, and returns its loss.
  package func accumulate(
    _ pieceCount: Int, _ body: @Sendable (Int, Worker, _ layerIsDone: (Int) -> Void) -> Double
  ) -> Double {
    if pieceCount == 0 { gradients.setToZero() }
    let (workers, stageCount) = (workers, PieceGradients.stageCount(transformer.layout))
    let losses = FloatingSums(count: pieceCount)
    threads.forEachOrdered(pieceCount, stages: stageCount) { piece, worker, stages in
      let worker = workers[worker].value
      worker.pieceGradients.begin(piece: piece)
      losses[piece] = body(piece, worker) { layer in
        stages.inTurn(layer) { worker.pieceGradients.addLayer(layer) }
      }
      stages.inTurn(stageCount - 1) { worker.pieceGradients.addRest() }
    }
    return losses.sum
  }

  /// Clips the gradients to a length and takes one step of the optimizer.
  ///
  /// - Returns: The length of the gradients before clipping; where it is not finite the weights are
  ///   left as they were.
  package func update(learningRate: Float, weightDecay: Float, gradientClip: Float) -> Double {
    let norm = gradientNorm()
    guard norm.isFinite else { return norm }
    stepCount += 1
    let scale = norm > Double(gradientClip) ? Float(Double(gradientClip) / norm) : 1
    let adamW = AdamW(learningRate: Double(learningRate), weightDecay: Double(weightDecay))
    let muon = Muon(learningRate: Double(learningRate), weightDecay: Double(weightDecay))
    let (parameters, step) = (transformer.parameters, stepCount)
    // Both optimizers are computed in float32, whatever the precision of the model's products.
    let processor = Processor(level: transformer.processor.level)
    let (gradients, first, second) = (gradients, firstMoment, secondMoment)
    let (parts, workers) = (parts, workers)
    threads.forEach(parts.count) { index, worker in
      let part = parts[index]
      if let shape = part.matrixShape {
        func matrix(_ parameters: Parameters) -> Matrix {
          parameters.storage.matrix(
            rows: shape.rows, columns: shape.columns, from: part.range.lowerBound)
        }
        Profile.shared.measure(.optimizer) {
          muon.step(
            parameters: matrix(parameters), gradients: matrix(gradients),
            momentumBuffer: matrix(first), gradientScale: scale,
            scratch: workers[worker].value.muonScratch(rows: shape.rows, columns: shape.columns),
            on: processor)
        }
        return
      }
      adamW.step(
        parameters: parameters.storage.pointer + part.range.lowerBound,
        gradients: gradients.storage.pointer + part.range.lowerBound,
        firstMoment: first.storage.pointer + part.range.lowerBound,
        secondMoment: second.storage.pointer + part.range.lowerBound, count: part.range.count,
        step: step, decays: part.decays, gradientScale: scale, on: processor)
    }
    transformer.processor.packedWeights?.weightsChanged()
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

  /// Parameters that are updated in one go.
  private struct Part {
    let range: Range<Int>
    let decays: Bool
    /// The matrix that Muon moves as a whole; nil for what is AdamW's.
    let matrixShape: (rows: Int, columns: Int)?
  }

  /// The parameters in parts: whole matrices for Muon, and of bounded size for AdamW.
  private lazy var parts: [Part] = transformer.layout.slots.flatMap { slot in
    let end = slot.start + slot.count
    if optimizer == .muon && slot.hiddenMatrixCount > 0 {
      let size = slot.count / slot.hiddenMatrixCount
      let shape = (rows: slot.shape[0] / slot.hiddenMatrixCount, columns: slot.shape[1])
      return stride(from: slot.start, to: end, by: size).map {
        Part(range: $0..<$0 + size, decays: slot.decays, matrixShape: shape)
      }
    }
    return stride(from: slot.start, to: end, by: 1 << 16).map {
      Part(range: $0..<min($0 + 1 << 16, end), decays: slot.decays, matrixShape: nil)
    }
  }
}
