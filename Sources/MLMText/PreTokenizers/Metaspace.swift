/// Sentencepiece's way with spaces: each becomes a visible character that begins a piece.
struct Metaspace: Hashable, Sendable {
  /// When a text that does not begin with the character gets one.
  enum Prepending: String, Hashable, Sendable, CaseIterable {
    case always, never, first
  }

  /// The character in place of a space, as UTF-8; usually U+2581.
  var replacement: [UInt8]
  var prepending: Prepending = .always
  /// Whether pieces begin at each such character.
  var splits = true
}
