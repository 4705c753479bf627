import MLM

/// What a run does where nothing was asked for: functions of the corpus and the shape alone.
enum PretrainingDefaults {
  static let vocabularySize = 8192
  static let sequenceLength = 128
  static let maximumLength = 512
  static let batchTokens = 8192
  static let learningRate: Float = 2e-3
  static let warmup = 0.06
  static let weightDecay: Float = 0.05
  static let gradientClip: Float = 1
  static let nextWordShare = 0.25
  static let seed: UInt64 = 1

  /// A model that the corpus can fill.
  static func preset(corpusBytes: Int) -> Preset {
    switch corpusBytes {
    case ..<1_000_000: .nano
    case ..<20_000_000: .tiny
    default: .mini
    }
  }

  /// A smaller vocabulary where the text is short: rare entries would hardly be seen.
  static func vocabularySize(corpusBytes: Int) -> Int {
    switch corpusBytes {
    case ..<100_000: 1024
    case ..<1_000_000: 4096
    default: vocabularySize
    }
  }

  /// Smaller steps where the text is short, so that there are enough of them to learn from.
  static func batchTokens(corpusTokens: Int) -> Int {
    max(1024, min(batchTokens, corpusTokens / 64))
  }

  /// Twenty tokens a parameter, but at most ten passes over the corpus and at least one.
  ///
  /// Twenty is what compute-optimal training takes (arXiv 2203.15556).
  static func stepCount(corpusTokens: Int, parameterCount: Int, stepsPerEpoch: Int) -> Int {
    let passes = Double(20 * parameterCount) / Double(max(1, corpusTokens))
    return max(1, Int((max(1, min(10, passes)) * Double(stepsPerEpoch)).rounded()))
  }

  /// None while the text is new; a tenth where it is read more than twice.
  static func dropout(stepCount: Int, stepsPerEpoch: Int) -> Float {
    stepCount > 2 * stepsPerEpoch ? 0.1 : 0
  }
}
