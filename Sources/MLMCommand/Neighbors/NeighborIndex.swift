/// The files of an index of neighbors, and what `index.json` says.
///
/// An index is a directory. `vectors.npy` has a row of length 1 for each line; `texts.txt` has the lines;
/// `starts.u64` tells where each line begins in it, and its size, 8 bytes each, little-endian.
struct NeighborIndex: Codable {
  static let name = "index.json"
  static let vectors = "vectors.npy"
  static let texts = "texts.txt"
  static let starts = "starts.u64"
  static let format = "mlm-neighbors-1"

  /// What kind of directory it is.
  var format: String
  /// The model directory, and the digest of its files.
  var model, digest: String
  /// The file that was indexed.
  var source: String
  var rows, dimensions: Int
  /// The options that texts were embedded with, and questions are; nil where they were the model's.
  var pooling, overflow: String?
  var maximumLength, keptDimensions: Int?
  var prompt, promptName: String?
}
