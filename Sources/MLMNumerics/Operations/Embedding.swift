extension Processor {
  /// y[t] = table[ids[t]].
  ///
  /// y: (T, C)   ids: (T)   table: (V, C)
  package func embeddingForward(_ y: Matrix, ids: UnsafePointer<Int32>, table: Matrix) {
    precondition(y.columns == table.columns, "the table's rows are \(table.columns) wide")
    measure(.embedding) {
      for t in 0..<y.rows {
        y.row(t).update(from: table.row(checked(ids[t], in: table)), count: y.columns)
      }
    }
  }

  /// y[t] += table[ids[t]].
  ///
  /// y: (T, C)   ids: (T)   table: (V, C)
  ///
  /// Its backward pass for the table is `embeddingBackward`, for y the identity.
  package func embeddingAddForward(_ y: Matrix, ids: UnsafePointer<Int32>, table: Matrix) {
    precondition(y.columns == table.columns, "the table's rows are \(table.columns) wide")
    measure(.embedding) {
      for t in 0..<y.rows {
        let id = checked(ids[t], in: table)
        kernels.pointee.add(y.rows(t..<t + 1).kernel, table.rows(id..<id + 1).kernel)
      }
    }
  }

  /// dtable[ids[t]] += dy[t], in the order of t.
  ///
  /// - Parameter leftOut: An identifier whose row gets no gradient, as PyTorch's padding index.
  package func embeddingBackward(
    tableGradient: Matrix, outputGradient: Matrix, ids: UnsafePointer<Int32>,
    leavingOut leftOut: Int32? = nil
  ) {
    precondition(
      outputGradient.columns == tableGradient.columns,
      "the table's rows are \(tableGradient.columns) wide")
    measure(.embedding) {
      for t in 0..<outputGradient.rows where ids[t] != leftOut {
        let id = checked(ids[t], in: tableGradient)
        kernels.pointee.add(
          tableGradient.rows(id..<id + 1).kernel, outputGradient.rows(t..<t + 1).kernel)
      }
    }
  }

  /// y[i] = x[rows[i]].
  ///
  /// y: (rows.count, C)   x: (T, C)
  package func gatherRows(_ y: Matrix, from x: Matrix, rows: [Int32]) {
    precondition(y.rows == rows.count, "\(rows.count) rows do not fit \(y.rows)")
    embeddingForward(y, ids: rows, table: x)
  }

  /// y[rows[i]] += x[i], in the order of i: the backward pass of `gatherRows`.
  package func scatterAddRows(_ y: Matrix, from x: Matrix, rows: [Int32]) {
    precondition(x.rows == rows.count, "\(rows.count) rows do not fit \(x.rows)")
    embeddingBackward(tableGradient: y, outputGradient: x, ids: rows)
  }

  private func checked(_ id: Int32, in table: Matrix) -> Int {
    precondition(id >= 0 && Int(id) < table.rows, "row \(id) is none of \(table.rows)")
    return Int(id)
  }
}
