import MLMText

/// A text cut into its tokens, for people and as JSON.
struct PieceReport {
  private struct Piece {
    /// What of the text it shows first; empty where others show it, and for what is not of the text.
    var text: ArraySlice<UInt8>
    /// Text before it that belongs to no token.
    var gap: ArraySlice<UInt8>
    var token: [UInt8]
    var isSpecial: Bool
    /// Whether it stands for no part of the text.
    var isInserted: Bool
  }

  private let tokenizer: Tokenizer
  private let utf8: [UInt8]
  private let encoding: Encoding
  private let unit: OffsetUnit
  private let offsets: [Range<Int>]
  private var pieces: [Piece] = []
  private let rest: ArraySlice<UInt8>

  /// Cuts a text, which must be valid UTF-8.
  init(
    _ utf8: [UInt8], _ tokenizer: Tokenizer, addingSpecialTokens: Bool, offsets unit: OffsetUnit
  ) {
    self.utf8 = utf8
    self.tokenizer = tokenizer
    self.unit = unit
    encoding = utf8.withUnsafeBufferPointer {
      tokenizer.encode(utf8: $0, addingSpecialTokens: addingSpecialTokens)
    }
    offsets = encoding.offsets.map(OffsetConverter(utf8: utf8, to: unit).range)
    var shown = 0
    for (id, range) in zip(encoding.ids, encoding.offsets) {
      let start = max(range.lowerBound, shown)
      let end = max(range.upperBound, start)
      pieces.append(
        Piece(
          text: utf8[start..<end], gap: range.isEmpty ? [] : utf8[shown..<start],
          token: tokenizer.token(id) ?? [], isSpecial: tokenizer.isSpecial(id),
          isInserted: range.isEmpty))
      if !range.isEmpty { shown = end }
    }
    rest = utf8[shown...]
  }

  /// The pieces on one line, in colours that alternate or parted by bars, and the table of tokens.
  func text(inColor: Bool) -> String {
    line(inColor: inColor) + "\n" + table
  }

  private func line(inColor: Bool) -> String {
    var parts: [String] = []
    var colorIndex = 0
    for piece in pieces {
      // What belongs to no token keeps its spaces as they are.
      if !piece.gap.isEmpty { parts.append(Self.visible(piece.gap, spaces: false)) }
      let shown =
        piece.isInserted
        ? Self.visible(piece.token[...]) : piece.text.isEmpty ? "⋯" : Self.visible(piece.text)
      guard inColor else {
        parts.append(shown)
        continue
      }
      if piece.isSpecial {
        parts.append("\u{1B}[7m\(shown)\u{1B}[0m")
      } else {
        parts.append("\u{1B}[30;\(Self.colors[colorIndex % Self.colors.count])m\(shown)\u{1B}[0m")
        colorIndex += 1
      }
    }
    if !rest.isEmpty { parts.append(Self.visible(rest, spaces: false)) }
    return parts.joined(separator: inColor ? "" : "|")
  }

  /// Cyan and yellow behind black letters.
  private static let colors = [46, 43]

  private var table: String {
    var table = Table(["id", "token", unit.rawValue, "text", ""], leftColumns: [1, 3, 4])
    for (index, piece) in pieces.enumerated() {
      let range = encoding.offsets[index]
      table.add([
        "\(encoding.ids[index])", Self.visible(piece.token[...]),
        "\(offsets[index].lowerBound)–\(offsets[index].upperBound)",
        Self.visible(utf8[range.clamped(to: 0..<utf8.count)]), piece.isSpecial ? "special" : "",
      ])
    }
    return table.text
  }

  private static func visible(_ utf8: ArraySlice<UInt8>, spaces: Bool = true) -> String {
    VisibleText.of(String(decoding: utf8, as: UTF8.self), spaces: spaces)
  }

  /// `{"text":…,"ids":[…],"tokens":[…],"offsets":[[start,end],…],"special_tokens_mask":[…]}`.
  func json(_ encodingLine: EncodingLine) -> [UInt8] {
    var bytes = Array("{\"text\":".utf8)
    JSON.append(utf8, to: &bytes)
    bytes += ",".utf8
    encodingLine.appendMembers(encoding.ids, offsets, to: &bytes)
    bytes += ",\"special_tokens_mask\":[".utf8
    EncodingLine.append(pieces.map { $0.isSpecial ? 1 : 0 }, separator: ",", to: &bytes)
    bytes += "]}\n".utf8
    return bytes
  }
}
