/// The exit codes of the program, after BSD's sysexits.
package enum ExitReason: Int32, CaseIterable, Sendable {
  /// Something failed that none of the others names.
  case failure = 1
  /// A figure is below what a `--min-…` option asks for.
  case gateNotReached = 2
  /// Arguments that do not make a command.
  case usage = 64
  /// Text, labels, weights or a tokenizer that cannot be used.
  case badData = 65
  /// An input that is not there.
  case noInput = 66
  /// An output that exists, is locked or cannot be made.
  case cannotCreate = 73
  /// A full disk, or an output that cannot be written to.
  case writeError = 74
  /// Stopped before the end; `--resume` goes on.
  case stoppedEarly = 75
}
