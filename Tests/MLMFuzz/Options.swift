/// What to fuzz.
struct Options {
  /// What can be fuzzed.
  enum Target: String, CaseIterable {
    case tokenizer, model

    var kinds: [Kind] {
      switch self {
      case .tokenizer: [.documents, .strings]
      case .model: [.configurations, .weights]
      }
    }
  }

  /// The kinds of fuzzing.
  enum Kind: String, CaseIterable {
    case documents, strings, configurations, weights
  }

  /// A mistake in the arguments.
  struct Mistake: Error, CustomStringConvertible {
    let description: String
  }

  var target = Target.tokenizer
  var counts: [Kind: Int] = [
    .documents: 100_000, .strings: 1_000_000, .configurations: 50_000, .weights: 50_000,
  ]
  var seed = UInt64.random(in: 0..<1 << 32)
  var file: String?
  /// The one case to run.
  var only: Int?
  /// The kind and the first case of a process that runs cases.
  var kind = Kind.documents
  var first = 0
  var isWorker = false

  init(_ arguments: some Sequence<String>) throws(Mistake) {
    var rest = Array(arguments)[...]
    guard let target = rest.popFirst().flatMap(Target.init(rawValue:)) else {
      throw Mistake(description: "expected tokenizer or model")
    }
    self.target = target
    kind = target.kinds[0]
    while let name = rest.popFirst() {
      guard let value = rest.popFirst() else { throw Mistake(description: "\(name): no value") }
      func number() throws(Mistake) -> Int {
        guard let number = Int(value), number >= 0 else {
          throw Mistake(description: "\(name): expected a number from 0, found \(value)")
        }
        return number
      }
      switch name {
      case "--count":
        let count = try number()
        for kind in [Kind.documents, .configurations, .weights] { counts[kind] = count }
      case "--strings": counts[.strings] = try number()
      case "--seed": seed = UInt64(try number())
      case "--case": only = try number()
      case "--file": file = value
      case "--kind":
        guard let kind = Kind(rawValue: value), target.kinds.contains(kind) else {
          let kinds = target.kinds.map(\.rawValue).joined(separator: " or ")
          throw Mistake(description: "--kind: expected \(kinds), found \(value)")
        }
        self.kind = kind
      case "--worker":
        isWorker = true
        first = try number()
      default: throw Mistake(description: "\(name): unknown option")
      }
    }
    if let only {
      isWorker = true
      first = only
      counts[kind] = only + 1
    }
  }
}
