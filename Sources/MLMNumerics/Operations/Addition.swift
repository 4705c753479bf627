extension Processor {
  /// y += x.
  ///
  /// x, y: (T, C)
  ///
  /// Its backward pass is itself: the gradient of a sum goes to both terms.
  package func add(_ y: Matrix, _ x: Matrix) {
    requireSameShape(y, x)
    measure(.elementwise) { kernels.pointee.add(y.kernel, x.kernel) }
  }

  /// Returns Σ p², summed in double in a fixed order.
  package func sumOfSquares(_ p: UnsafePointer<Float>, count: Int) -> Double {
    Profile.shared.measure(phase ?? .optimizer) { kernels.pointee.sum_of_squares(p, count) }
  }
}
