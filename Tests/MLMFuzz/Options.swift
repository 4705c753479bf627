/// What to fuzz.
struct Options {
  /// The kinds of fuzzing.
  enum Kind: String, CaseIterable {
    case documents, strings
  }

  /// A mistake in the arguments.
  struct Mistake: Error, CustomStringConvertible {
    let description: String
  }

  var counts: [Kind: Int] = [.documents: 100_000, .strings: 1_000_000]
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
    guard rest.popFirst() == "tokenizer" else {
      throw Mistake(description: "expected tokenizer")
    }
    while let name = rest.popFirst() {
      guard let value = rest.popFirst() else { throw Mistake(description: "\(name): no value") }
      func number() throws(Mistake) -> Int {
        guard let number = Int(value), number >= 0 else {
          throw Mistake(description: "\(name): expected a number from 0, found \(value)")
        }
        return number
      }
      switch name {
      case "--count": counts[.documents] = try number()
      case "--strings": counts[.strings] = try number()
      case "--seed": seed = UInt64(try number())
      case "--case": only = try number()
      case "--file": file = value
      case "--kind":
        guard let kind = Kind(rawValue: value) else {
          throw Mistake(description: "--kind: expected documents or strings, found \(value)")
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
