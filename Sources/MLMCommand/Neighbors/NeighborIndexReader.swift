import MLM
import MLMNumerics
import MLMText

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// An index of neighbors that is open: vectors and places of lines are mapped, lines are read when asked
/// for.
final class NeighborIndexReader {
  let index: NeighborIndex
  private let vectors, starts: MappedFile
  private let texts: RandomAccessFile
  private let path: String

  /// Opens an index.
  ///
  /// - Throws: `FileError` where a file is missing; ``CommandError`` with code `badData` where one is no
  ///   index's, or not as long as the others say.
  init(_ path: String) throws {
    self.path = path
    let name = path + "/" + NeighborIndex.name
    let bytes = try FileContents.read(name)
    guard let index = try? JSONDecoder().decode(NeighborIndex.self, from: Data(bytes)),
      index.format == NeighborIndex.format, (0...1 << 40).contains(index.rows),
      (1...1 << 20).contains(index.dimensions)
    else {
      throw CommandError(.badData, "\(name): expected an index of neighbors, found something else")
    }
    self.index = index
    let header = NumPyWriter(rows: index.rows, columns: index.dimensions).header
    vectors = try MappedFile(
      path + "/" + NeighborIndex.vectors, size: header.count + 4 * index.rows * index.dimensions)
    starts = try MappedFile(path + "/" + NeighborIndex.starts, size: 8 * (index.rows + 1))
    texts = try RandomAccessFile(reading: path + "/" + NeighborIndex.texts)
    guard vectors.bytes.prefix(header.count).elementsEqual(header) else {
      throw CommandError(
        .badData, "\(vectors.path): expected a matrix of \(index.rows)×\(index.dimensions) numbers")
    }
    guard start(index.rows) == texts.size else {
      throw CommandError(
        .badData,
        "\(texts.path): expected \(Numbers.counted(start(index.rows), "byte")), found \(texts.size)"
      )
    }
  }

  /// The vectors, which are never written to.
  var rows: Matrix {
    let skipped = vectors.bytes.count - 4 * index.rows * index.dimensions
    let start = UnsafeMutableRawPointer(mutating: vectors.bytes.baseAddress! + skipped)
    return Matrix(
      start.assumingMemoryBound(to: Float.self), rows: index.rows, columns: index.dimensions)
  }

  /// Lets go of the memory of some of the vectors; they are read again when needed.
  func release(_ block: Matrix) {
    vectors.release(UnsafeRawPointer(block.pointer), count: 4 * block.rows * block.columns)
  }

  /// The line at a place, without its end.
  func text(_ row: Int) throws -> String {
    let (first, end) = (start(row), start(row + 1))
    guard first >= 0, first < end, end <= texts.size else {
      throw CommandError(
        .badData, "\(starts.path): expected a line's beginning and end, found \(first) and \(end)")
    }
    return String(decoding: try texts.read(first..<end - 1), as: UTF8.self)
  }

  private func start(_ row: Int) -> Int {
    Int(
      truncatingIfNeeded: UInt64(
        littleEndian: starts.bytes.loadUnaligned(fromByteOffset: 8 * row, as: UInt64.self)))
  }
}
