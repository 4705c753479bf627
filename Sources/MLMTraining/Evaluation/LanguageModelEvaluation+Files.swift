import MLM
import MLMData
import MLMModel
import MLMNumerics

extension LanguageModelEvaluation {
  /// Evaluates a language model on text files.
  ///
  /// - Parameters:
  ///   - model: A model with a language-model head.
  ///   - files: Text files.
  ///   - boundary: What a document is.
  ///   - textField: The key of the text in files of JSON lines.
  ///   - isStrict: Whether malformed UTF-8 is an error.
  ///   - sequenceLength: Tokens of the longest sequence; longer documents are cut evenly.
  ///   - threadCount: Threads to compute on; all processors if nil.
  ///   - progress: Told now and then how many sequences are done, and of how many.
  /// - Throws: ``MLMError`` where the model has no language-model head, `DataError` or `FileError`
  ///   where the text cannot be read, ``TrainingError`` where it holds nothing to predict.
  public init(
    of model: ModelDirectory, on files: [String], boundary: DocumentBoundary = .line,
    textField: String? = nil, isStrict: Bool = false, sequenceLength: Int = 128,
    threadCount: Int? = nil, progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  ) throws {
    guard model.head == .languageModel else {
      throw MLMError(
        .wrongModel, "expected a language model, found one fine-tuned on labels or without a head")
    }
    let reader = DocumentReader(
      paths: files, boundary: boundary, textField: textField, strict: isStrict)
    var documents: [[UInt8]] = []
    while let document = try reader.next() { documents.append(document.bytes) }
    let set = EvaluationSet(
      documents, model.tokenizer,
      kind: model.configuration.attention == .causal ? .nextWord : .masked,
      sequenceLength: min(sequenceLength, model.configuration.maximumLength))
    let threads = Threads(count: max(1, threadCount ?? Threads.defaultCount))
    guard let evaluation = set.evaluate(model.transformer, threads: threads, progress: progress)
    else {
      let names = files.map { $0 == "-" ? "standard input" : $0 }.joined(separator: ", ")
      throw TrainingError(
        .corpusTooSmall,
        "\(names): the text is too short: no token of it is "
          + (set.kind == .masked ? "masked" : "predicted"))
    }
    self = evaluation
    replacementCount = reader.counts.replacements
  }
}
