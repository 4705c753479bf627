import MLM
import MLMText

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Writes an index into a folder beside its place, where it appears at once when it is whole.
final class NeighborIndexWriter {
  private let path: String
  private let staging: String
  private let vectors: NumPyWriter
  private var vectorFile, textFile, startFile: AtomicFile?
  private var position = 0
  private var isCommitted = false

  /// Begins an index.
  ///
  /// - Parameters:
  ///   - path: Its place.
  ///   - rows: Lines there will be.
  ///   - columns: Numbers of a vector.
  init(_ path: String, rows: Int, columns: Int) throws {
    self.path = path
    staging = path + ".writing-\(System.processNumber)"
    vectors = NumPyWriter(rows: rows, columns: columns)
    FileSystem.removeTree(staging)
    try FileSystem.create(staging)
    vectorFile = try AtomicFile(path: staging + "/" + NeighborIndex.vectors)
    textFile = try AtomicFile(path: staging + "/" + NeighborIndex.texts)
    startFile = try AtomicFile(path: staging + "/" + NeighborIndex.starts)
    try vectorFile?.write(vectors.header)
  }

  deinit { if !isCommitted { FileSystem.removeTree(staging) } }

  /// Adds a line, whose vector is scaled to length 1.
  func add(_ text: String, _ embedding: Embedding) throws {
    var bytes: [UInt8] = []
    vectors.append(embedding.scaledToLengthOne, to: &bytes)
    try vectorFile?.write(bytes)
    let line = Array(text.utf8) + [UInt8(ascii: "\n")]
    try textFile?.write(line)
    try addStart()
    position += line.count
  }

  private func addStart() throws {
    try startFile?.write(withUnsafeBytes(of: UInt64(position).littleEndian) { Array($0) })
  }

  /// Ends the index and gives it its place.
  ///
  /// - Parameter check: Throws where the number of lines is not the one that was told.
  func finish(_ index: NeighborIndex) throws {
    try vectors.check(rows: index.rows, isLast: true)
    try addStart()
    try vectorFile.take()?.commit()
    try textFile.take()?.commit()
    try startFile.take()?.commit()
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let json = Array(try encoder.encode(index)) + [UInt8(ascii: "\n")]
    try FileContents.write(json, to: staging + "/" + NeighborIndex.name)
    // A directory can only take the place of an empty one, so an old index is put aside first.
    let old = path + ".old-\(System.processNumber)"
    if FileSystem.exists(path) { try System.rename(path, to: old) }
    try System.rename(staging, to: path)
    isCommitted = true
    FileSystem.removeTree(old)
    FileSystem.sync(FileSystem.parent(of: path))
  }
}

extension Embedding {
  /// The same direction with length 1; zeros as they are.
  var scaledToLengthOne: Embedding {
    let sum = values.reduce(0.0) { $0 + Double($1) * Double($1) }
    guard sum > 0 else { return self }
    let scale = 1 / sum.squareRoot()
    return Embedding(values: values.map { Float(Double($0) * scale) })
  }
}
