import MLMNumerics

/// Where the time of a run's steps went.
struct ProfileReport {
  let record: Profile.Record
  /// Seconds of the steps by the clock, and their tokens.
  let seconds: Double
  let tokens: Int
  let threads: Int
  /// What products alone reach on as many threads, in gigaflops.
  let peak: Double
  /// In bytes.
  let peakMemory: Int

  /// Tables for people.
  var text: String {
    let all = seconds * Double(threads)
    var phases = Table(["phase", "share", "s", "GFLOP/s a thread"])
    for phase in Profile.Phase.allCases {
      guard let total = record.phases[phase] else { continue }
      phases.add([
        phase.rawValue, Numbers.percent(total.seconds / all), Numbers.fixed(total.seconds, 2),
        total.operations > 0 ? Numbers.fixed(total.gigaflops, 1) : "",
      ])
    }
    let rest = max(0, all - record.seconds)
    phases.add(["the rest, and waiting", Numbers.percent(rest / all), Numbers.fixed(rest, 2), ""])
    var products = Table(
      ["product", "weight", "share", "calls", "GFLOP/s a thread"], leftColumns: [0, 1])
    for (product, total) in record.products.sorted(by: Self.isBefore) {
      products.add([
        product.direction.rawValue, "\(product.outputs) × \(product.inputs)",
        Numbers.percent(total.seconds / all), Numbers.grouped(total.calls),
        Numbers.fixed(total.gigaflops, 1),
      ])
    }
    return """
      \(Numbers.fixed(seconds, 2)) s of steps on \(Numbers.counted(threads, "thread")): \
      \(Numbers.grouped(Int(Double(tokens) / seconds))) tokens/s

      \(phases.text)
      matrix products in all, those of attention, head and optimizer included: \
      \(Numbers.percent(record.productSeconds / all)) of the time of the threads

      \(products.text)
      model FLOPs: \(Numbers.fixed(rate, 1)) GFLOP/s, utilization \(Numbers.percent(rate / peak)) \
      of \(Numbers.fixed(peak, 1)) GFLOP/s (products alone, measured now)
      peak memory: \(Numbers.bytes(peakMemory))

      """
  }

  /// The figures for programs.
  var json: JSON {
    .object([
      ("seconds", .double(seconds)), ("threads", .integer(threads)), ("tokens", .integer(tokens)),
      (
        "phases",
        .object(
          Profile.Phase.allCases.compactMap { phase in
            record.phases[phase].map { ("\(phase)", Self.json($0)) }
          })
      ),
      (
        "products",
        .array(
          record.products.sorted(by: Self.isBefore).map { product, total in
            .object([
              ("direction", .string("\(product.direction)")),
              ("outputs", .integer(product.outputs)), ("inputs", .integer(product.inputs)),
              ("total", Self.json(total)),
            ])
          })
      ),
      ("product_share", .double(record.productSeconds / (seconds * Double(threads)))),
      ("model_gflops", .double(rate)), ("peak_gflops", .double(peak)),
      ("model_flops_utilization", .double(rate / peak)),
      ("peak_memory_bytes", .integer(peakMemory)),
    ])
  }

  /// Gigaflops of the whole step.
  private var rate: Double { record.operations / seconds / 1e9 }

  private static func json(_ total: Profile.Total) -> JSON {
    .object([
      ("seconds", .double(total.seconds)), ("calls", .integer(total.calls)),
      ("gflops", .double(total.gigaflops)),
    ])
  }

  private static func isBefore(
    _ a: (key: Profile.Product, value: Profile.Total),
    _ b: (key: Profile.Product, value: Profile.Total)
  ) -> Bool { a.value.seconds > b.value.seconds }
}
