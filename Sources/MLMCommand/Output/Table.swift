import MLMText

/// Rows of text in columns, some to the left, the others to the right.
package struct Table {
  private var rows: [[String]]
  private let leftColumns: Set<Int>

  /// Creates a table with a row of titles; only the first column is to the left unless `leftColumns`
  /// says otherwise.
  package init(_ titles: [String], leftColumns: Set<Int> = [0]) {
    rows = [titles]
    self.leftColumns = leftColumns
  }

  /// Adds a row.
  package mutating func add(_ row: [String]) { rows.append(row) }

  /// The table; every line ends.
  package var text: String {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in
      rows.map { $0.indices.contains(column) ? DisplayWidth.of($0[column]) : 0 }.max() ?? 0
    }
    return rows.map { row in
      var line = row.enumerated().map { column, cell in
        let space = String(repeating: " ", count: widths[column] - DisplayWidth.of(cell))
        return leftColumns.contains(column) ? cell + space : space + cell
      }.joined(separator: "  ")
      while line.hasSuffix(" ") { line.removeLast() }
      return line + "\n"
    }.joined()
  }
}
