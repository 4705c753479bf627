import MLM
import MLMTraining

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Inputs that can be read more than once: what comes from a pipe is copied to a file first.
///
/// Where the system can open a file by its descriptor the copies have no name, so that nothing is left
/// of them however the process ends; elsewhere they go with the value.
final class SpooledInput {
  /// The inputs, each a file.
  private(set) var paths: [String]
  private let inputs: [String]
  private var descriptors: [Int32] = []
  private var leftovers: [String] = []

  /// Copies the pipes among some inputs.
  ///
  /// - Parameters:
  ///   - inputs: Paths; "-" is standard input.
  ///   - directory: Where there is room for the copies.
  init(_ inputs: [String], directory: String) throws {
    paths = inputs
    self.inputs = inputs
    for (index, input) in inputs.enumerated() where input == "-" || System.isStream(input) {
      let name = "\(directory)/.mlm-input-\(System.processNumber)-\(index + 1)"
      let descriptor = open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
      guard descriptor >= 0 else { throw FileSystem.failure(name) }
      descriptors.append(descriptor)
      let byDescriptor = "/proc/self/fd/\(descriptor)"
      if FileSystem.exists(byDescriptor) {
        unlink(name)
        paths[index] = byDescriptor
      } else {
        leftovers.append(name)
        paths[index] = name
      }
      try Self.copy(input, to: descriptor, directory)
    }
  }

  deinit { remove() }

  /// Removes the copies.
  func remove() {
    for descriptor in descriptors { close(descriptor) }
    for name in leftovers { unlink(name) }
    (descriptors, leftovers) = ([], [])
  }

  /// Runs `body`, whose errors about copies name the inputs instead.
  func naming<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch {
      let failure = Failure(error)
      guard var message = failure.message else { throw error }
      for (path, input) in zip(paths, inputs) where path != input {
        let name = input == "-" ? "standard input" : input
        message = message.split(separator: path, omittingEmptySubsequences: false)
          .joined(separator: name)
      }
      throw CommandError(failure.code, message)
    }
  }

  private static func copy(_ input: String, to target: Int32, _ directory: String) throws {
    let source = input == "-" ? STDIN_FILENO : open(input, O_RDONLY | O_CLOEXEC)
    defer { if source > STDIN_FILENO { close(source) } }
    let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
    defer { block.deallocate() }
    while true {
      let count = read(source, block.baseAddress, block.count)
      if count == 0 { return }
      guard count > 0 else {
        if errno == EINTR { continue }
        let name = input == "-" ? "standard input" : input
        throw CommandError(.noInput, "\(name): cannot be read: \(System.message(errno))")
      }
      let part = UnsafeRawBufferPointer(rebasing: block[..<count])
      if let failure = System.write(part, to: target) {
        throw CommandError(
          .writeError, "\(directory): no copy of the input can be made: \(System.message(failure))")
      }
    }
  }
}
