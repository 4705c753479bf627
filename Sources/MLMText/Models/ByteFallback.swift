/// The tokens of single bytes, for what a vocabulary cannot spell.
enum ByteFallback {
  /// The identifiers of `<0x00>` to `<0xFF>`, or -1 where there is none.
  static func ids(in vocabulary: Vocabulary) -> [Int32] {
    (0..<256).map { byte in
      let digits = String(byte, radix: 16, uppercase: true)
      let token = "<0x" + (byte < 16 ? "0" : "") + digits + ">"
      return vocabulary.id(of: Array(token.utf8)).map { Int32($0) } ?? -1
    }
  }
}
