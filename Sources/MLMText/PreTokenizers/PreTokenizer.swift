/// What cuts normalized text into words.
package struct PreTokenizer: Hashable, Sendable {
  /// The steps in the order in which they run.
  var steps: [PreTokenizerStep] = []
  /// Whether the file has them in a `Sequence`.
  var isSequence = false

  /// Whether bytes become characters in the last step and in no other.
  var endsInBytes: Bool {
    guard case .byteLevel = steps.last else { return false }
    return steps.count { if case .byteLevel = $0 { true } else { false } } == 1
  }
}

/// How text is cut where the steps come down to one scanner whose words go straight to the model.
struct FastPath: Hashable, Sendable {
  /// Whether text that does not begin with a space gets one.
  var addsPrefixSpace = false
  /// The pattern that cuts the text; nil for none.
  var pattern: KnownPattern?

  /// Looks for such steps: `ByteLevel`, or a known `Split` before it; nil for others.
  init?(_ steps: [PreTokenizerStep]) {
    guard case .byteLevel(let settings) = steps.last else { return nil }
    addsPrefixSpace = settings.addsPrefixSpace
    pattern = settings.splitsWords ? .gpt2 : nil
    if steps.count == 1 { return }
    guard steps.count == 2, !settings.addsPrefixSpace, !settings.splitsWords,
      case .split(.expression(let expression), let behavior, let isInverted) = steps[0],
      let known = expression.known,
      (behavior == .isolated && !isInverted) || (behavior == .removed && isInverted)
    else { return nil }
    pattern = known
  }
}
