import ArgumentParser
import MLMNumerics

/// The program: reads its arguments, runs a command and ends with an exit code.
@main
struct Program {
  static func main() {
    System.occupyStandardDescriptors()
    StopSignals.keepPipesQuiet()
    // Now, before there are threads.
    prepareBLAS()
    do {
      var command = try RootCommand.parseAsRoot()
      try command.run()
      try StandardOutput.shared.flush()
    } catch {
      end(with: error)
    }
  }

  /// Says what went wrong in one line, and exits.
  private static func end(with error: any Error) -> Never {
    var error = error
    // Help and the version are data: they go to standard output, and writing them may fail too.
    if RootCommand.exitCode(for: error) == .success {
      do {
        try StandardOutput.shared.write(RootCommand.fullMessage(for: error) + "\n")
        try StandardOutput.shared.flush()
        systemExit(0)
      } catch let failure {
        error = failure
      }
    } else {
      // What was printed before the error is good.
      do { try StandardOutput.shared.flush() } catch let failure { error = failure }
    }
    if let broken = error as? BrokenPipe { broken.endProcess() }
    if let stopped = error as? Stopped { stopped.endProcess() }
    let failure = Failure(error)
    if let message = failure.message { StandardError.line("mlm: " + message) }
    systemExit(failure.code.rawValue)
  }
}
