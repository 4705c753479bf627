/// Rows of text in columns: the first column to the left, the others to the right.
package struct Table {
  private var rows: [[String]]

  /// Creates a table with a row of titles.
  package init(_ titles: [String]) { rows = [titles] }

  /// Adds a row.
  package mutating func add(_ row: [String]) { rows.append(row) }

  /// The table; every line ends.
  package var text: String {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in
      rows.map { $0.indices.contains(column) ? $0[column].count : 0 }.max() ?? 0
    }
    return rows.map { row in
      row.enumerated().map { column, cell in
        let space = String(repeating: " ", count: widths[column] - cell.count)
        return column == 0 ? cell + space : space + cell
      }.joined(separator: "  ") + "\n"
    }.joined()
  }
}
