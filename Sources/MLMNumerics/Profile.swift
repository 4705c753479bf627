import Synchronization

/// Where the time of the operations goes; one for the process, which records from `start()` on.
///
/// Times are those of the threads that work, so that they add up to the time of all threads less what
/// they waited.
package final class Profile: Sendable {
  /// What operations are for.
  package enum Phase: String, CaseIterable, Sendable {
    case products = "matrix products"
    case attention
    case norms = "layer norms"
    case elementwise = "rotary, GeGLU, residual, dropout"
    case embedding
    case head
    case gradients = "sums of gradients"
    case optimizer
    case data
  }

  /// Products with a weight matrix, in one of three directions.
  package struct Product: Hashable, Sendable {
    package enum Direction: String, Sendable {
      case forward
      case inputGradient = "input gradient"
      case weightGradient = "weight gradient"
    }

    /// Outputs and inputs of the weight.
    package let outputs, inputs: Int
    package let direction: Direction
  }

  /// The sum of what was recorded.
  package struct Total: Hashable, Sendable {
    package var seconds = 0.0
    package var calls = 0
    /// Multiplications and additions of the formula.
    package var operations = 0.0

    package var gigaflops: Double { seconds > 0 ? operations / seconds / 1e9 : 0 }

    mutating func add(_ seconds: Double, _ operations: Double) {
      self.seconds += seconds
      self.operations += operations
      calls += 1
    }
  }

  /// Everything recorded.
  package struct Record: Sendable {
    package fileprivate(set) var phases: [Phase: Total] = [:]
    package fileprivate(set) var products: [Product: Total] = [:]
    /// Time in matrix products of every phase: those of attention and of heads are among them.
    package fileprivate(set) var productSeconds = 0.0

    package var seconds: Double { phases.values.reduce(0) { $0 + $1.seconds } }
    package var operations: Double { phases.values.reduce(0) { $0 + $1.operations } }
  }

  package static let shared = Profile()

  private let isRecording = Atomic(false)
  private let record = Mutex(Record())
  private let productNanoseconds = Atomic(0)

  private init() {}

  /// Forgets what was recorded and begins.
  package func start() {
    record.withLock { $0 = Record() }
    productNanoseconds.store(0, ordering: .relaxed)
    isRecording.store(true, ordering: .relaxed)
  }

  /// Ends the recording and returns it.
  package func stop() -> Record {
    isRecording.store(false, ordering: .relaxed)
    var result = record.withLock { $0 }
    result.productSeconds = Double(productNanoseconds.load(ordering: .relaxed)) / 1e9
    return result
  }

  /// Does `body`, and records its time while recording.
  ///
  /// - Parameters:
  ///   - operations: Multiplications and additions, asked for while recording only.
  ///   - product: Which product it is, if it is one with a weight matrix.
  package func measure<Value, Failure: Error>(
    _ phase: Phase, operations: @autoclosure () -> Double = 0, product: Product? = nil,
    _ body: () throws(Failure) -> Value
  ) throws(Failure) -> Value {
    guard isRecording.load(ordering: .relaxed) else { return try body() }
    let start = ContinuousClock.now
    let value = try body()
    let seconds = start.duration(to: .now).inSeconds
    let operations = operations()
    record.withLock {
      $0.phases[phase, default: Total()].add(seconds, operations)
      if let product { $0.products[product, default: Total()].add(seconds, operations) }
    }
    return value
  }

  /// Does a product, and adds its time to that of all products while recording.
  func measureMultiplication(_ body: () -> Void) {
    guard isRecording.load(ordering: .relaxed) else { return body() }
    let start = ContinuousClock.now
    body()
    let nanoseconds = Int(start.duration(to: .now).inSeconds * 1e9)
    productNanoseconds.add(nanoseconds, ordering: .relaxed)
  }
}

extension Processor {
  /// The same operations, recorded for a phase of their own.
  package func recorded(as phase: Profile.Phase) -> Processor {
    var processor = self
    processor.phase = phase
    return processor
  }

  /// Does `body`, and records it for `phase` or the processor's own.
  func measure(
    _ phase: Profile.Phase, operations: @autoclosure () -> Double = 0, _ body: () -> Void
  ) {
    Profile.shared.measure(self.phase ?? phase, operations: operations(), body)
  }

  /// Does a product with the weight `w`, and records it.
  func measureProduct(
    _ direction: Profile.Product.Direction, rows: Int, _ w: Matrix, _ body: () -> Void
  ) {
    Profile.shared.measure(
      phase ?? .products, operations: 2 * Double(rows) * Double(w.rows) * Double(w.columns),
      product: .init(outputs: w.rows, inputs: w.columns, direction: direction), body)
  }
}
