import MLMModel

/// The `config.json` of a pooling module of sentence-transformers.
///
/// Up to version 5 it has a Boolean for each way of pooling, since version 6 the name of one, or a list
/// of names, which are then joined end to end.
struct PoolingFile: Codable {
  private var word_embedding_dimension, embedding_dimension: Int?
  private var pooling_mode_cls_token, pooling_mode_mean_tokens, pooling_mode_max_tokens: Bool?
  private var pooling_mode_mean_sqrt_len_tokens, pooling_mode_weightedmean_tokens: Bool?
  private var pooling_mode_lasttoken, include_prompt: Bool?
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
  }

  /// The file of a way of pooling rows of a width.
  ///
  /// It has the Booleans, which every version of sentence-transformers and other readers know.
  init(_ pooling: Pooling, width: Int) {
    word_embedding_dimension = width
    (pooling_mode_cls_token, pooling_mode_mean_tokens) = (pooling == .first, pooling == .mean)
    pooling_mode_max_tokens = pooling == .max
    (pooling_mode_mean_sqrt_len_tokens, pooling_mode_weightedmean_tokens) = (false, false)
    (pooling_mode_lasttoken, include_prompt) = (false, true)
  }

  /// How rows are pooled.
  ///
  /// - Parameters:
  ///   - width: The numbers that a row of the model has.
  ///   - path: The file's name in errors.
  /// - Throws: ``ModelError`` with code `mismatch` or `unsupported`.
  func pooling(width: Int, path: String) throws(ModelError) -> Pooling {
    if let found = embedding_dimension ?? word_embedding_dimension, found != width {
      throw ModelError(
        .mismatch, path, "expected pooling of the model's \(width) numbers per row, found \(found)")
    }
    let names = pooling_mode?.all ?? chosenNames
    switch names {
    case ["mean"]: return .mean
    case ["cls"]: return .first
    case ["max"]: return .max
    default:
      let found = names.isEmpty ? "none" : names.joined(separator: ", ")
      throw ModelError(
        .unsupported, path, "expected exactly one of cls, mean and max pooling, found \(found)")
    }
  }

  private var chosenNames: [String] {
    [
      ("cls", pooling_mode_cls_token), ("mean", pooling_mode_mean_tokens),
      ("max", pooling_mode_max_tokens), ("mean_sqrt_len_tokens", pooling_mode_mean_sqrt_len_tokens),
      ("weightedmean", pooling_mode_weightedmean_tokens), ("lasttoken", pooling_mode_lasttoken),
    ].filter { $0.1 == true }.map(\.0)
  }
}
