import Foundation

/// Texts and models that many tests use, made once.
final class Fixtures: Sendable {
  private let scratch: Scratch
  let corpus, reviews: String
  /// Model directories: hybrid, next-word, and one fine-tuned on `reviews`.
  let model, causal, classifier: URL

  /// Options of a model that trains in a blink.
  static let shape = "--layers 1 --width 32 --heads 2 --vocab-size 300"

  static let shared = Result { try Fixtures() }
  static func get() throws -> Fixtures { try shared.get() }

  private init() throws {
    scratch = try Scratch()
    corpus = Self.text(lines: 400)
    reviews = Self.labelled(lines: 120)
    try scratch.write(corpus, to: "corpus.txt")
    try scratch.write(reviews, to: "reviews.tsv")
    model = scratch.path("corpus.mlm")
    causal = scratch.path("causal.mlm")
    classifier = scratch.path("reviews.mlm")
    let lines = [
      "pretrain corpus.txt \(Self.shape) --steps 8 --batch-tokens 512",
      "finetune reviews.tsv --epochs 2 --max-length 64",
      "pretrain corpus.txt \(Self.shape) --steps 8 --batch-tokens 512 --objective clm "
        + "--output causal.mlm",
    ]
    for line in lines {
      let outcome = try Program.run(line, in: scratch)
      guard outcome.code == 0 else { throw Failure(text: "\(line): \(outcome.errors)") }
    }
  }

  struct Failure: Error { let text: String }

  /// Sentences from a small grammar; the same at every call.
  static func text(lines: Int, seed: UInt64 = 1) -> String {
    var state = seed
    func pick(_ words: [String]) -> String {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return words[Int(state >> 33) % words.count]
    }
    let things = ["river", "garden", "letter", "window", "engine", "child", "winter", "market"]
    let kinds = ["old", "quiet", "broken", "bright", "small", "distant", "heavy", "warm"]
    let acts = ["follows", "crosses", "remembers", "hides", "answers", "carries", "leaves"]
    return (0..<lines).map { _ in
      "The \(pick(kinds)) \(pick(things)) \(pick(acts)) the \(pick(kinds)) \(pick(things)), and "
        + "nobody \(pick(acts)) the \(pick(things)).\n"
    }.joined()
  }

  /// Two kinds of sentences with their labels.
  static func labelled(lines: Int) -> String {
    let texts = text(lines: lines, seed: 7).split(separator: "\n")
    return texts.enumerated().map { index, line in
      index % 2 == 0
        ? "good\tWonderful, bright and warm. \(line)" : "poor\tDull and broken. \(line)"
    }.joined(separator: "\n") + "\n"
  }
}
