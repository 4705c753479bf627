#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The program's messages.
///
/// A failure to write them is nobody's loss and stops nothing.
enum StandardError {
  static var isTerminal: Bool { System.isTerminal(STDERR_FILENO) }

  static func write(_ text: String) {
    var text = text
    text.withUTF8 { _ = System.write(UnsafeRawBufferPointer($0), to: STDERR_FILENO) }
  }

  static func line(_ text: String) { write(text + "\n") }

  /// Says that something was not quite as it should be, though the command goes on.
  static func warning(_ text: String) { line("mlm: warning: " + text) }
}
