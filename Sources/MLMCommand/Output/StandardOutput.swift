#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The program's data: buffered, and every failure to write is an error.
final class StandardOutput {
  /// The one standard output; commands run on the main thread only.
  nonisolated(unsafe) static let shared = StandardOutput()

  private static let bufferSize = 1 << 16
  private var buffer: [UInt8] = []
  private let isTerminal = StandardOutput.isTerminal

  static var isTerminal: Bool { System.isTerminal(STDOUT_FILENO) }

  /// Writes bytes.
  ///
  /// - Throws: ``CommandError`` with code `writeError`, or ``BrokenPipe``.
  func write(_ bytes: some Collection<UInt8>) throws {
    buffer += bytes
    if buffer.count >= Self.bufferSize || isTerminal { try flush() }
  }

  /// Writes a text.
  func write(_ text: String) throws { try write(text.utf8) }

  /// Writes a text and ends its line.
  func line(_ text: String) throws { try write((text + "\n").utf8) }

  /// Hands everything to the operating system.
  func flush() throws {
    guard !buffer.isEmpty else { return }
    let failure = buffer.withUnsafeBytes { System.write($0, to: STDOUT_FILENO) }
    buffer.removeAll(keepingCapacity: true)
    guard let failure else { return }
    if failure == EPIPE { throw BrokenPipe() }
    throw CommandError(.writeError, "standard output: \(System.message(failure))")
  }
}
