/// Ready-made shapes, from a toy for tests to the size of ModernBERT-base.
public enum Preset: String, CaseIterable, Sendable {
  /// 4 layers of width 128.
  case nano
  /// 6 layers of width 192.
  case tiny
  /// 7 layers of width 256.
  case mini
  /// 10 layers of width 384.
  case small
  /// 22 layers of width 768.
  case base

  /// The shape for a vocabulary of the given size.
  public func configuration(vocabularySize: Int) -> TransformerConfiguration {
    let (layers, width, feedForward, heads) =
      switch self {
      case .nano: (4, 128, 192, 4)
      case .tiny: (6, 192, 288, 3)
      case .mini: (7, 256, 384, 4)
      case .small: (10, 384, 576, 6)
      case .base: (22, 768, 1152, 12)
      }
    return TransformerConfiguration(
      vocabularySize: vocabularySize, layerCount: layers, width: width,
      feedForwardWidth: feedForward, headCount: heads)
  }
}
