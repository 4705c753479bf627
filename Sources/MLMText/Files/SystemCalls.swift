#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The few operating-system calls that files need, each repeated when a signal interrupts it.
enum SystemCalls {
  /// Returns the system's words for an `errno` value.
  static func message(_ number: Int32) -> String {
    guard let text = strerror(number) else { return "error \(number)" }
    return String(cString: text)
  }

  /// Opens `path`; returns the descriptor, or the `errno` value.
  static func open(_ path: String, _ flags: Int32, _ mode: mode_t = 0) -> Result<
    Int32, SystemFailure
  > {
    retrying {
      #if canImport(Darwin)
        Darwin.open(path, flags | O_CLOEXEC, mode)
      #elseif canImport(Musl)
        Musl.open(path, flags | O_CLOEXEC, mode)
      #else
        Glibc.open(path, flags | O_CLOEXEC, mode)
      #endif
    }
  }

  /// Runs `call` until it is not interrupted; a negative result becomes the `errno` value.
  static func retrying<T: FixedWidthInteger>(_ call: () -> T) -> Result<T, SystemFailure> {
    while true {
      let result = call()
      if result >= 0 { return .success(result) }
      if errno != EINTR { return .failure(SystemFailure(number: errno)) }
    }
  }

  /// The kind of the file at `path`, links followed, or nil where nothing is.
  static func kind(of path: String) -> FileKind? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return .regular
    case S_IFDIR: return .directory
    default: return .special
    }
  }
}

/// A failed system call's `errno` value.
struct SystemFailure: Error {
  let number: Int32
}

/// The kinds of file that are treated differently.
enum FileKind {
  case regular, directory, special
}
