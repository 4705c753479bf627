/// How `Tokenizer.input` shortens texts that are too long.
public struct Truncation: Hashable, Sendable {
  /// Which text of a pair gives way.
  public enum Strategy: String, Hashable, Sendable, CaseIterable {
    case longestFirst = "LongestFirst"
    case onlyFirst = "OnlyFirst"
    case onlySecond = "OnlySecond"
  }

  /// The number of tokens to keep, special ones included.
  public var maximumLength: Int
  /// Which text of a pair gives way; the longest by default.
  public var strategy: Strategy
  /// How many tokens neighbouring parts of a text share; none by default.
  public var stride: Int
  /// The end that is cut off; the right by default.
  public var side: Side

  /// Creates settings.
  public init(
    maximumLength: Int, strategy: Strategy = .longestFirst, stride: Int = 0, side: Side = .right
  ) {
    self.maximumLength = maximumLength
    self.strategy = strategy
    self.stride = stride
    self.side = side
  }
}

/// An end of a text.
public enum Side: String, Hashable, Sendable, CaseIterable {
  case left = "Left"
  case right = "Right"
}

/// How `Tokenizer.input` fills up texts that are too short.
public struct Padding: Hashable, Sendable {
  /// The number of tokens to fill up to; nil for the longest text of a batch.
  public var length: Int?
  /// A number that the length is a multiple of; nil for any.
  public var multiple: Int?
  /// The end that is filled up; the right by default.
  public var side: Side
  /// The identifier of the padding token.
  public var id: Int32
  /// The type of padding tokens.
  public var typeID: Int32
  /// The spelling of the padding token.
  public var token: String

  /// Creates settings.
  public init(
    length: Int? = nil, multiple: Int? = nil, side: Side = .right, id: Int32 = 0,
    typeID: Int32 = 0, token: String = "[PAD]"
  ) {
    self.length = length
    self.multiple = multiple
    self.side = side
    self.id = id
    self.typeID = typeID
    self.token = token
  }
}
