import MLMModel

extension TextEncoder {
  /// How texts are embedded.
  public struct Options: Hashable, Sendable {
    /// How the rows of a text become one; what the model directory says if nil.
    ///
    /// Dense layers of the directory were trained on its own pooling, so another one leaves them out.
    public var pooling: Pooling?
    /// Whether vectors are scaled to length 1; what the model directory says if nil.
    public var normalizesLength: Bool?
    /// Tokens read of each text, special ones included; the model's limit if nil or larger.
    public var maximumLength: Int?
    /// What becomes of texts that are longer.
    public var overflow: Overflow
    /// Numbers of each vector that are kept, the first ones, which are then scaled anew where vectors
    /// have length 1; all if nil.
    ///
    /// Only models that were trained for it (Matryoshka) lose little so.
    public var dimensions: Int?
    /// Threads to compute on; all processors if nil.
    public var threadCount: Int?

    /// Options that follow the model directory unless told otherwise.
    public init(
      pooling: Pooling? = nil, normalizesLength: Bool? = nil, maximumLength: Int? = nil,
      overflow: Overflow = .truncate, dimensions: Int? = nil, threadCount: Int? = nil
    ) {
      self.pooling = pooling
      self.normalizesLength = normalizesLength
      self.maximumLength = maximumLength
      self.overflow = overflow
      self.dimensions = dimensions
      self.threadCount = threadCount
    }
  }

  /// What becomes of a text that has more tokens than are read.
  public enum Overflow: String, CaseIterable, Sendable {
    /// It is an error.
    case error
    /// The tokens that are too many are left out, and ``Embedding/isTruncated`` says so.
    case truncate
    /// It is read in the fewest windows that hold it, as equal in length as can be, and its vector is
    /// the mean of theirs, scaled to length 1 where vectors are.
    case windows
  }

  /// What is put before each text.
  public enum Prompt: Hashable, Sendable {
    /// The prompt that the model directory has for texts of which nothing is known; most have none.
    case standard
    /// The prompt for questions, `query`, if the model directory has it; else none.
    case query
    /// The prompt for texts that are to be found, `document`, `passage` or `corpus`, if the model
    /// directory has one; else none.
    case document
    /// The prompt that the model directory has under this name.
    case named(String)
    /// This text; nothing if empty.
    case text(String)
  }
}
