import MLMModel

/// The `config.json` of a pooling module of sentence-transformers.
///
/// Up to version 5 it has a Boolean for each way of pooling, since version 6 the name of one, or a list
/// of names. The results of several ways are joined end to end.
struct PoolingFile: Codable {
  private var word_embedding_dimension, embedding_dimension: Int?
  private var pooling_mode_cls_token, pooling_mode_mean_tokens, pooling_mode_max_tokens: Bool?
  private var pooling_mode_mean_sqrt_len_tokens, pooling_mode_weightedmean_tokens: Bool?
  private var pooling_mode_lasttoken: Bool?
  /// Whether the tokens of a prompt are pooled too; they are if it is not said.
  private(set) var include_prompt: Bool?
  private var pooling_mode: Names?

  /// One name, or several.
  private struct Names: Codable {
    var all: [String]

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let name = try? container.decode(String.self) {
        all = [name]
      } else {
        all = try container.decode([String].self)
      }
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      try container.encode(all)
    }

    init(_ all: [String]) { self.all = all }
  }

  /// The names of the ways of pooling, in the order in which Booleans join them.
  private static let names: [(name: String, pooling: Pooling)] = [
    ("cls", .first), ("max", .max), ("mean", .mean),
    ("mean_sqrt_len_tokens", .meanSquareRootLength),
    ("weightedmean", .weightedMean), ("lasttoken", .last),
  ]

  /// The file of ways of pooling rows of a width.
  ///
  /// It has the Booleans, which every version of sentence-transformers and other readers know, and
  /// names only where the order is one that Booleans do not give.
  init(_ poolings: [Pooling], width: Int, includesPrompt: Bool) {
    word_embedding_dimension = width
    pooling_mode_cls_token = poolings.contains(.first)
    pooling_mode_mean_tokens = poolings.contains(.mean)
    pooling_mode_max_tokens = poolings.contains(.max)
    pooling_mode_mean_sqrt_len_tokens = poolings.contains(.meanSquareRootLength)
    pooling_mode_weightedmean_tokens = poolings.contains(.weightedMean)
    pooling_mode_lasttoken = poolings.contains(.last)
    include_prompt = includesPrompt
    let usual = Self.names.map(\.pooling).filter(poolings.contains)
    if usual != poolings {
      pooling_mode = Names(
        poolings.compactMap { pooling in Self.names.first { $0.pooling == pooling }?.name })
    }
  }

  /// How rows are pooled; the results are joined in this order.
  ///
  /// - Parameters:
  ///   - width: The numbers that a row of the model has.
  ///   - path: The file's name in errors.
  /// - Throws: ``ModelError`` with code `mismatch` or `unsupported`.
  func poolings(width: Int, path: String) throws(ModelError) -> [Pooling] {
    if let found = embedding_dimension ?? word_embedding_dimension, found != width {
      throw ModelError(
        .mismatch, path, "expected pooling of the model's \(width) numbers per row, found \(found)")
    }
    guard let names = pooling_mode?.all else { return chosen.isEmpty ? [.mean] : chosen }
    var poolings: [Pooling] = []
    for name in names {
      guard let known = Self.names.first(where: { $0.name == name }) else {
        throw ModelError(
          .unsupported, path,
          "expected pooling by \(Self.names.map(\.name).joined(separator: ", ")), found \(name)")
      }
      poolings.append(known.pooling)
    }
    guard !poolings.isEmpty else {
      throw ModelError(.unsupported, path, "expected a way of pooling, found none")
    }
    return poolings
  }

  private var chosen: [Pooling] {
    let flags = [
      pooling_mode_cls_token, pooling_mode_max_tokens, pooling_mode_mean_tokens,
      pooling_mode_mean_sqrt_len_tokens, pooling_mode_weightedmean_tokens, pooling_mode_lasttoken,
    ]
    return zip(Self.names, flags).filter { $0.1 == true }.map(\.0.pooling)
  }
}
