import MLMTraining

/// Calls `body` with a folder of its own, which is gone afterwards.
func withFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
  let path = "/tmp/mlm-training-tests-" + String(UInt64.random(in: .min ... .max), radix: 16)
  try FileSystem.create(path)
  defer { FileSystem.removeTree(path) }
  return try body(path)
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
