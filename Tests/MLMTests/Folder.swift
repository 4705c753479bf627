import MLM

/// Calls `body` with a folder of its own, which is gone afterwards.
func withFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
  let path = "/tmp/mlm-tests-" + String(UInt64.random(in: .min ... .max), radix: 16)
  try FileSystem.create(path)
  defer { FileSystem.removeTree(path) }
  return try body(path)
}

/// The bytes of every file below a folder, by path.
func contents(of folder: String) throws -> [String: [UInt8]] {
  var files: [String: [UInt8]] = [:]
  for name in FileSystem.names(in: folder) {
    let path = folder + "/" + name
    if FileSystem.isDirectory(path) {
      for (inner, bytes) in try contents(of: path) { files[name + "/" + inner] = bytes }
    } else {
      files[name] = try FileContents.read(path)
    }
  }
  return files
}

/// The error of the wanted type that `body` throws; nil where it throws none or another.
func error<Failure: Error>(_: Failure.Type, _ body: () throws -> Void) -> Failure? {
  do {
    try body()
    return nil
  } catch {
    return error as? Failure
  }
}
