import MLMCommand
import MLMTraining
import Testing

/// Every kind of error that the libraries have, and the code it ends the program with.
@Suite struct FailureTests {
  @Test(arguments: [
    (FileError.Code.missing, ExitReason.noInput), (.isDirectory, .noInput),
    (.unreadable, .noInput), (.exists, .cannotCreate), (.cannotCreate, .cannotCreate),
    (.diskFull, .writeError), (.writeFailed, .writeError),
  ])
  func files(code: FileError.Code, status: ExitReason) {
    let failure = Failure(FileError(code: code, path: "a/b", reason: "is wrong"))
    #expect(failure.code == status)
    #expect(failure.message == "a/b: is wrong")
  }

  @Test(arguments: DataError.Code.allCases)
  func data(code: DataError.Code) {
    let failure = Failure(DataError(code, file: "x.tsv", line: 3, expected: "a", found: "b"))
    #expect(failure.code == .badData)
    #expect(failure.message == "x.tsv:3: expected a, found b")
  }

  @Test(arguments: [
    (TrainingError.Code.diverged, ExitReason.failure), (.corpusTooSmall, .badData),
    (.badSnapshot, .badData), (.badOptions, .usage), (.locked, .cannotCreate),
  ])
  func training(code: TrainingError.Code, status: ExitReason) {
    #expect(Failure(TrainingError(code, "x")).code == status)
  }

  @Test(arguments: [
    (ModelError.Code.missingFile, ExitReason.noInput), (.unreadable, .noInput),
    (.malformed, .badData), (.mismatch, .badData), (.unsupported, .badData),
  ])
  func models(code: ModelError.Code, status: ExitReason) {
    #expect(Failure(ModelError(code, "x", "y")).code == status)
  }

  @Test func shapesAreTheFaultOfOptionsOrOfAFile() {
    #expect(Failure(ModelError(.configuration, "width", "odd")).code == .usage)
    #expect(Failure(ModelError(.configuration, "m/config.json: width", "odd")).code == .badData)
  }

  @Test func tokenizers() {
    #expect(Failure(TokenizerError(code: .malformed, reason: "x")).code == .badData)
    #expect(Failure(TokenizerError(code: .unsupported, reason: "x")).code == .badData)
    #expect(Failure(TokenizerError(code: .unknownToken, reason: "x")).code == .badData)
    #expect(Failure(TokenizerError(code: .invalidOptions, reason: "x")).code == .usage)
  }

  @Test func anUnknownErrorIsAFailure() {
    struct Unknown: Error {}
    #expect(Failure(Unknown()).code == .failure)
  }

  @Test func messagesAreOneLine() {
    let failure = Failure(CommandError(.badData, "one\n  two\u{2028}three"))
    #expect(failure.message == "one two three")
  }
}
