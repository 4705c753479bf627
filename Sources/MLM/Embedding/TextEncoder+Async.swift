import MLMNumerics

extension TextEncoder {
  /// The vector of one text; the calling task is suspended meanwhile and blocks no thread.
  ///
  /// - Throws: As ``embeddings(for:prompt:)-9umsc``.
  public func embedding(
    for text: String, prompt: Prompt = .standard
  ) async throws -> Embedding {
    try await results(for: [text], prompt: prompt)[0].get()
  }

  /// The vectors of texts, in the order given; the calling task is suspended meanwhile and blocks no
  /// thread.
  ///
  /// - Throws: ``MLMError`` as the call that waits; `CancellationError` once the task is cancelled, which
  ///   ends the work after the pieces that are being computed.
  public func embeddings(
    for texts: some Collection<String>, prompt: Prompt = .standard
  ) async throws -> [Embedding] {
    try Self.all(try await results(for: texts, prompt: prompt))
  }

  /// The vectors of texts, in the order given, or what is wrong with each of them.
  ///
  /// - Throws: ``MLMError`` with code `badOption` for a prompt that the model does not have;
  ///   `CancellationError` once the task is cancelled.
  public func results(
    for texts: some Collection<String>, prompt: Prompt = .standard
  ) async throws -> [Result<Embedding, MLMError>] {
    let stop = StopFlag()
    let call = EncodingCall(Array(texts), try core.prompt(prompt), core, nil, stop)
    let results = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        call.start { continuation.resume(returning: $0) }
      }
    } onCancel: {
      stop.set()
    }
    if stop.isSet { throw CancellationError() }
    return results
  }
}
