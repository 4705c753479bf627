#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// How well a language model predicts text it has not seen.
public struct LanguageModelEvaluation: Hashable, Sendable {
  /// Whether tokens were predicted from both sides or from before.
  public enum Kind: Hashable, Sendable {
    case masked, nextWord
  }

  /// Whether tokens were predicted from both sides or from before.
  public let kind: Kind
  /// Mean of −ln p over the predicted tokens, in nats.
  public let crossEntropy: Double
  /// Share of the predicted tokens that had the highest score.
  public let accuracy: Double
  /// Tokens that were predicted.
  public let predictedTokenCount: Int
  /// Tokens of the text, special ones not counted.
  public let tokenCount: Int
  /// Bytes of the text, as UTF-8.
  public let byteCount: Int
  /// Documents of the text.
  public let documentCount: Int
  /// Malformed sequences of bytes of the text that were read as U+FFFD.
  public internal(set) var replacementCount = 0

  /// Mean cross-entropy × tokens ÷ (bytes × ln 2): comparable between vocabularies.
  public var bitsPerByte: Double {
    crossEntropy * Double(tokenCount) / (Double(max(1, byteCount)) * log(2))
  }

  /// e to the cross-entropy, as far as a number reaches.
  public var perplexity: Double { min(exp(crossEntropy), .greatestFiniteMagnitude) }
}
