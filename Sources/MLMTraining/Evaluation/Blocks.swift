/// Cuts a long evaluation into parts, after each of which progress can be shown.
enum Blocks {
  /// Enough for every thread to have work, and for texts of like length to meet.
  private static let size = 1024

  /// The places of each block, in order.
  static func ranges(of count: Int) -> [Range<Int>] {
    stride(from: 0, to: count, by: size).map { $0..<min($0 + size, count) }
  }
}
