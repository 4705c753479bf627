extension Normalizer {
  /// BERT's normalizer: control characters go, ideographs get spaces around them, and letters become
  /// small and lose their accents.
  ///
  /// `stripsAccents` follows `lowercases` where it is nil.
  public static func bert(lowercases: Bool = true, stripsAccents: Bool? = nil) -> Normalizer {
    var bert = NormalizerStep.BERT()
    bert.lowercases = lowercases
    bert.stripsAccents = stripsAccents
    return Normalizer(steps: [Step(.bert(bert))])
  }
}
