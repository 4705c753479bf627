import Synchronization

/// The weights of one model in the form that bf16 products read, each packed when it is first needed
/// and kept until the weights change.
package final class PackedWeights: Sendable {
  private struct Key: Hashable {
    let address, rows, columns: Int
    let form: OperandForm
  }

  /// One weight in one form; whoever comes while it is packed waits.
  private final class Entry: Sendable {
    private let buffer: FloatBuffer
    private let isCurrent = Atomic(false)
    private let packing = Mutex(())

    init(floatCount: Int) { buffer = FloatBuffer(count: floatCount) }

    func forget() { isCurrent.store(false, ordering: .releasing) }

    func packed(by pack: (FloatBuffer) -> Void) -> FloatBuffer {
      // What was packed before the flag was set is seen by whoever sees the flag.
      if isCurrent.load(ordering: .acquiring) { return buffer }
      packing.withLock { _ in
        if isCurrent.load(ordering: .acquiring) { return }
        pack(buffer)
        isCurrent.store(true, ordering: .releasing)
      }
      return buffer
    }
  }

  private let entries = Mutex<[Key: Entry]>([:])

  package init() {}

  /// Forgets what is packed, because the weights are other numbers now; the memory is used again.
  ///
  /// No product may be under way.
  package func weightsChanged() {
    entries.withLock { for entry in $0.values { entry.forget() } }
  }

  /// A weight's bf16 form, which no caller may write to.
  func packed(_ weight: Matrix, _ form: OperandForm, on processor: Processor) -> FloatBuffer {
    let key = Key(
      address: Int(bitPattern: weight.pointer), rows: weight.rows, columns: weight.columns,
      form: form)
    let entry = entries.withLock { entries in
      if let entry = entries[key] { return entry }
      let entry = Entry(floatCount: form.floatCount(of: weight))
      entries[key] = entry
      return entry
    }
    return entry.packed { buffer in
      processor.pack(weight, form, into: UnsafeMutableRawPointer(buffer.pointer), scale: 1)
    }
  }
}
