#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Ends the process; buffers of the C library hold nothing, since nothing is printed through it.
func systemExit(_ code: Int32) -> Never { exit(code) }

/// The few calls to the operating system that the program makes itself.
enum System {
  /// The most memory that this process has had, in bytes.
  static var peakMemory: Int {
    var usage = rusage()
    #if canImport(Glibc)
      let isKnown = getrusage(.init(RUSAGE_SELF.rawValue), &usage) == 0
    #else
      let isKnown = getrusage(RUSAGE_SELF, &usage) == 0
    #endif
    guard isKnown else { return 0 }
    #if canImport(Darwin)
      return usage.ru_maxrss
    #else
      return usage.ru_maxrss << 10  // Linux counts in kilobytes.
    #endif
  }

  /// Writes all of `bytes`; returns the `errno` value of a failure.
  static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32? {
    var rest = bytes[...]
    while !rest.isEmpty {
      let part = UnsafeRawBufferPointer(rebasing: rest)
      #if canImport(Darwin)
        let count = Darwin.write(descriptor, part.baseAddress, part.count)
      #elseif canImport(Musl)
        let count = Musl.write(descriptor, part.baseAddress, part.count)
      #else
        let count = Glibc.write(descriptor, part.baseAddress, part.count)
      #endif
      if count >= 0 {
        rest = rest.dropFirst(count)
      } else if errno != EINTR {
        return errno
      }
    }
    return nil
  }

  /// Takes the numbers of standard descriptors that are closed.
  ///
  /// Else the first files that are opened would get them, and messages would go into a model. They are
  /// opened the wrong way round, so that using them stays an error.
  static func occupyStandardDescriptors() {
    for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) == -1 {
      _ = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
    }
  }

  /// The system's words for an `errno` value.
  static func message(_ number: Int32) -> String {
    strerror(number).map { String(cString: $0) } ?? "error \(number)"
  }

  /// Whether a descriptor is a terminal.
  static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

  /// Whether something that is neither a file nor a directory is at a path: a pipe or a device.
  static func isStream(_ path: String) -> Bool {
    var status = stat()
    guard stat(path, &status) == 0 else { return false }
    return status.st_mode & S_IFMT != S_IFREG && status.st_mode & S_IFMT != S_IFDIR
  }

  /// Bytes of the file at a path; nil where there is none.
  static func size(_ path: String) -> Int? {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return Int(status.st_size)
  }

  /// Gives a file or a directory another name.
  ///
  /// - Throws: ``CommandError`` with code `writeError`.
  static func rename(_ path: String, to name: String) throws {
    #if canImport(Darwin)
      let status = Darwin.rename(path, name)
    #elseif canImport(Musl)
      let status = Musl.rename(path, name)
    #else
      let status = Glibc.rename(path, name)
    #endif
    if status != 0 { throw CommandError(.writeError, "\(name): \(message(errno))") }
  }

  /// A path from the root, links resolved; the path as it is where nothing is there.
  static func absolutePath(_ path: String) -> String {
    guard let resolved = realpath(path, nil) else { return path }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  /// Whether a symbolic link is at a path, and nothing where it leads.
  static func isBrokenLink(_ path: String) -> Bool {
    var status = stat()
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFLNK else { return false }
    return stat(path, &status) != 0
  }

  /// Whether files can be made in a directory.
  static func isWritable(_ path: String) -> Bool { access(path, W_OK) == 0 }

  /// The number of this process.
  static var processNumber: Int { Int(getpid()) }

  /// The value of an environment variable; nil where it is unset or empty.
  static func environment(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// The system's name and the machine's kind, for example "Linux x86_64".
  static var platform: String {
    var names = utsname()
    guard uname(&names) == 0 else { return "unknown" }
    func text<Field>(_ field: Field) -> String {
      withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
    return text(names.sysname) + " " + text(names.machine)
  }
}
