extension Tokenizer {
  /// Whether a text may have other tokens each time, because merges are left out at random.
  package var dropsMerges: Bool {
    guard case .characterPairs(let model) = model else { return false }
    return model.settings.dropout ?? 0 > 0
  }

  /// Whether a text that does not begin with a space gets one.
  package var addsPrefixSpace: Bool {
    preTokenizer.steps.contains {
      if case .byteLevel(let settings) = $0 { settings.addsPrefixSpace } else { false }
    }
  }

  /// Whether offsets may reach past the text: what a prefix or suffix adds to a character counts as
  /// text where the character falls back to bytes, as it does in Hugging Face tokenizers.
  package var countsAffixBytes: Bool {
    guard case .characterPairs(let model) = model else { return false }
    return model.settings.fallsBackToBytes
      && (model.settings.prefix != nil || model.settings.suffix != nil)
  }
}
