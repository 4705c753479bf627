/// How fast matrix products are on this machine, measured.
package enum ProductSpeed {
  /// Rows, columns and inner size of the product measured.
  package static let size = 512

  /// Gigaflops of products, one on each thread at a time; the best of a few rounds, which together
  /// take about `seconds`.
  package static func measured(
    _ precision: Precision, on threads: Threads, seconds: Double = 0.2
  ) -> Double {
    let processor = Processor.current(precision)
    let area = size * size
    let matrices = (0..<threads.count).map { _ in
      let buffer = FloatBuffer(count: 3 * area)
      for i in 0..<2 * area { buffer.pointer[i] = Float(i % 7) - 3 }
      return buffer
    }
    let operations = 2 * Double(area) * Double(size)
    func round(_ products: Int) -> Double {
      let start = ContinuousClock.now
      threads.forEach(threads.count) { piece, _ in
        let a = matrices[piece].matrix(rows: size, columns: size)
        let b = matrices[piece].matrix(rows: size, columns: size, from: area)
        let c = matrices[piece].matrix(rows: size, columns: size, from: 2 * area)
        for _ in 0..<products { processor.multiply(c, a, b, transposeB: true) }
      }
      return start.duration(to: .now).inSeconds
    }
    // The first product finds cold caches and threads that sleep.
    let products = max(1, Int(seconds / 4 / max(round(1), 1e-6)))
    let best = (0..<4).map { _ in round(products) }.min() ?? 1
    return operations * Double(products * threads.count) / best / 1e9
  }
}
