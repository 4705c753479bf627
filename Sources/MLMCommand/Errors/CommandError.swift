/// What keeps a command from doing what it was asked to, where no library tells it.
package struct CommandError: Error, Hashable, Sendable, CustomStringConvertible {
  /// How the program ends.
  package let code: ExitReason
  /// What was expected and what was found, and where.
  package let description: String

  /// Creates an error.
  package init(_ code: ExitReason, _ description: String) {
    self.code = code
    self.description = description
  }
}

/// A reader of the program's output that went away: no mistake, and nothing to tell.
struct BrokenPipe: Error {
  /// Ends the process as the signal would have.
  func endProcess() -> Never { StopSignals.endOfBrokenPipe() }
}

/// A signal that asked a command to stop, after which it has cleaned up.
struct Stopped: Error {
  /// Ends the process as the signal would have.
  func endProcess() -> Never { StopSignals.endOfStop() }
}
