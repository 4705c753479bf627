/// Numbers that several threads set, one place each, to be summed in order.
final class FloatingSums: @unchecked Sendable {
  private let values: UnsafeMutableBufferPointer<Double>

  init(count: Int) {
    values = .allocate(capacity: count)
    values.initialize(repeating: 0)
  }

  deinit { values.deallocate() }

  subscript(index: Int) -> Double {
    get { values[index] }
    set { values[index] = newValue }
  }

  var sum: Double { values.reduce(0, +) }
}
