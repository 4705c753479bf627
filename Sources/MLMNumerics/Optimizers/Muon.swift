/// Momentum whose step is made orthogonal: every direction of a matrix moves equally far (Jordan and
/// others 2024).
///
/// With u = g + β·m (Nesterov's momentum) the step is W ← (1 − η·λ)·W − η·s·O, where O is the nearest
/// matrix to u with singular values of about 1, found by Newton–Schulz iteration, and
/// s = 0.2·√max(rows, columns) gives it the root mean square that a step of AdamW has (Liu and others,
/// arXiv 2502.16982), so that one learning rate serves both. It is `torch.optim.Muon` with
/// `adjust_lr_fn="match_rms_adamw"`, computed in single precision throughout.
///
/// For matrices between hidden layers; embeddings, heads and vectors are ``AdamW``'s.
package struct Muon: Hashable, Sendable {
  package var learningRate: Double
  package var momentum: Double
  package var weightDecay: Double

  private static let iterations = 5
  /// Each iteration applies a·σ + b·σ³ + c·σ⁵ to the singular values, with the published coefficients.
  private static let (a, b, c): (Float, Float, Float) = (3.4445, -4.7750, 2.0315)
  /// Keeps a matrix of zeros from being divided by zero.
  private static let epsilon = 1e-7

  package init(learningRate: Double, momentum: Double = 0.95, weightDecay: Double = 0.01) {
    self.learningRate = learningRate
    self.momentum = momentum
    self.weightDecay = weightDecay
  }

  /// Takes one step on a matrix, updating its momentum, which is 0 before the first one.
  ///
  /// - Parameters:
  ///   - parameters: W: (R, C)
  ///   - gradients: g: (R, C)
  ///   - momentumBuffer: m: (R, C)
  ///   - gradientScale: What gradients are multiplied by first, as clipping needs it.
  ///   - scratch: `scratchCount` floats.
  package func step(
    parameters: Matrix, gradients: Matrix, momentumBuffer: Matrix, gradientScale: Float = 1,
    scratch: UnsafeMutablePointer<Float>, on processor: Processor = .current
  ) {
    requireSameShape(parameters, gradients)
    requireSameShape(parameters, momentumBuffer)
    let (rows, columns) = (parameters.rows, parameters.columns)
    let direction = Matrix(scratch, rows: rows, columns: columns)
    let (kept, fresh) = (Float(momentum), Float(1 - momentum))
    for row in 0..<rows {
      let (g, m, u) = (gradients.row(row), momentumBuffer.row(row), direction.row(row))
      for column in 0..<columns {
        let gradient = gradientScale * g[column]
        m[column] += fresh * (gradient - m[column])
        u[column] = gradient + kept * (m[column] - gradient)
      }
    }
    Self.orthogonalize(direction, scratch: scratch + rows * columns, on: processor)
    let decay = Float(1 - learningRate * weightDecay)
    let size = Float(learningRate * 0.2 * Double(max(rows, columns)).squareRoot())
    for row in 0..<rows {
      let (w, u) = (parameters.row(row), direction.row(row))
      for column in 0..<columns { w[column] = decay * w[column] - size * u[column] }
    }
  }

  /// Floats of scratch for a step on a matrix.
  package static func scratchCount(rows: Int, columns: Int) -> Int {
    let side = min(rows, columns)
    return 2 * rows * columns + 2 * side * side
  }

  /// Replaces a matrix without gaps between its rows by its orthogonal factor, about: the singular
  /// values come to lie between 0.7 and 1.2, unless they are less than a thousandth of its length.
  ///
  /// - Parameter scratch: `scratchCount` floats.
  package static func orthogonalize(
    _ x: Matrix, scratch: UnsafeMutablePointer<Float>, on processor: Processor = .current
  ) {
    precondition(x.stride == x.columns, "expected a matrix without gaps")
    let count = x.rows * x.columns
    let length = processor.kernels.pointee.sum_of_squares(x.pointer, count).squareRoot()
    let inverse = Float(1 / (length + epsilon))
    for index in 0..<count { x.pointer[index] *= inverse }
    // The smaller of X·Xᵀ and Xᵀ·X does; the polynomial multiplies from its side.
    let isTall = x.rows > x.columns
    let side = min(x.rows, x.columns)
    let gram = Matrix(scratch, rows: side, columns: side)
    let polynomial = Matrix(scratch + side * side, rows: side, columns: side)
    let next = Matrix(scratch + 2 * side * side, rows: x.rows, columns: x.columns)
    for _ in 0..<iterations {
      processor.multiply(gram, x, x, transposeA: isTall, transposeB: !isTall)
      for index in 0..<side * side { polynomial.pointer[index] = b * gram.pointer[index] }
      processor.multiply(polynomial, gram, gram, scale: c, accumulate: true)
      for index in 0..<count { next.pointer[index] = a * x.pointer[index] }
      if isTall {
        processor.multiply(next, x, polynomial, accumulate: true)
      } else {
        processor.multiply(next, polynomial, x, accumulate: true)
      }
      x.copy(from: next)
    }
  }
}
