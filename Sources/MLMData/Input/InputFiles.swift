import MLMText

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The files that arguments stand for: names, patterns and directories.
public enum InputFiles {
  /// Returns the files that `arguments` stand for, in their order.
  ///
  /// "-" is standard input. A directory stands for all files below it, in the order of their paths'
  /// bytes; names that begin with a dot are left out. What is no file and has `*`, `?` or `[` in it is
  /// a pattern: `*` and `?` stay within a name, `**` stands for any number of directories; its files
  /// come in the order of their paths, too. Everything else is a name, whether it is there or not.
  ///
  /// - Throws: `FileError` for a directory or a pattern without a file.
  public static func expand(_ arguments: [String]) throws(FileError) -> [String] {
    var files: [String] = []
    for argument in arguments {
      switch kind(of: argument) {
      case .directory where argument != "-":
        let found = filesBelow(argument)
        guard !found.isEmpty else {
          throw FileError(
            code: .missing, path: argument, reason: "expected files in the directory, found none")
        }
        files += found
      case nil where argument != "-" && argument.contains { "*?[".contains($0) }:
        let found = matches(of: argument)
        guard !found.isEmpty else {
          throw FileError(
            code: .missing, path: argument, reason: "expected files of this pattern, found none")
        }
        files += found
      default: files.append(argument)
      }
    }
    return files
  }

  /// The bytes of all files together; nil if one of them is a pipe or a device, or missing.
  public static func totalSize(_ paths: [String]) -> Int? {
    var total = 0
    for path in paths {
      var status = stat()
      guard path != "-", stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
        return nil
      }
      total += Int(status.st_size)
    }
    return total
  }

  private enum Kind {
    case directory, other
  }

  private static func kind(of path: String) -> Kind? {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    return status.st_mode & S_IFMT == S_IFDIR ? .directory : .other
  }

  /// The files below a directory; links to directories are not followed.
  private static func filesBelow(_ directory: String) -> [String] {
    sorted(descendants(of: directory).filter { kind(of: $0) == .other })
  }

  private static func sorted(_ paths: some Sequence<String>) -> [String] {
    paths.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// Everything below a directory but what begins with a dot.
  private static func descendants(of directory: String) -> [String] {
    var found: [String] = []
    var open = [directory]
    while let next = open.popLast() {
      for name in names(in: next) where !name.hasPrefix(".") {
        let path = next.hasSuffix("/") ? next + name : next + "/" + name
        found.append(path)
        if kind(of: path) == .directory, !isLink(path) { open.append(path) }
      }
    }
    return found
  }

  private static func isLink(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
  }

  private static func names(in directory: String) -> [String] {
    guard let stream = opendir(directory) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  /// The files that a pattern stands for; a directory that matches stands for its files.
  private static func matches(of pattern: String) -> [String] {
    let parts = pattern.split(separator: "/", omittingEmptySubsequences: true).map(String.init)
    var found: Set<String> = [pattern.hasPrefix("/") ? "/" : ""]
    for part in parts {
      var next: Set<String> = []
      for base in found {
        let directory = base.isEmpty ? "." : base
        func joined(_ name: String) -> String {
          base.isEmpty || base.hasSuffix("/") ? base + name : base + "/" + name
        }
        if part == "**" {
          next.insert(base)
          for path in descendants(of: directory) where kind(of: path) == .directory {
            next.insert(base.isEmpty ? String(path.dropFirst(2)) : path)
          }
        } else if part.contains(where: { "*?[".contains($0) }) {
          for name in names(in: directory) where fnmatch(part, name, FNM_PERIOD) == 0 {
            next.insert(joined(name))
          }
        } else if kind(of: joined(part)) != nil {
          next.insert(joined(part))
        }
      }
      found = next
    }
    var files: Set<String> = []
    for path in found where !path.isEmpty {
      switch kind(of: path) {
      case .other: files.insert(path)
      case .directory: files.formUnion(filesBelow(path))
      case nil: break
      }
    }
    return sorted(files)
  }
}
