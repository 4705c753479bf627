/// Values that several threads set, one place each.
final class Slots<Value: Sendable>: @unchecked Sendable {
  private let storage: UnsafeMutableBufferPointer<Value>

  init(count: Int, filler: Value) {
    storage = .allocate(capacity: count)
    storage.initialize(repeating: filler)
  }

  deinit {
    storage.deinitialize()
    storage.deallocate()
  }

  subscript(index: Int) -> Value {
    get { storage[index] }
    set { storage[index] = newValue }
  }

  var values: [Value] { Array(storage) }
}
