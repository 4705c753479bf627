/// The order in which labels are numbered.
enum LabelOrder {
  /// `labels` in the order of their bytes or, if every one is an integer, of their values.
  ///
  /// Labels are compared as bytes, not as `String`s: canonically equal strings stay two labels.
  static func sorted(_ labels: some Sequence<[UInt8]>) -> [[UInt8]] {
    let labels = Array(labels)
    let values = labels.map(integer)
    guard values.allSatisfy({ $0 != nil }) else {
      return labels.sorted { $0.lexicographicallyPrecedes($1) }
    }
    // "1" and "01" have one value: bytes decide between them.
    return zip(labels, values.map { $0 ?? 0 })
      .sorted { $0.1 != $1.1 ? $0.1 < $1.1 : $0.0.lexicographicallyPrecedes($1.0) }
      .map(\.0)
  }

  /// The value of an optional sign and decimal digits, or nil.
  static func integer(_ label: [UInt8]) -> Int? {
    Int(String(decoding: label, as: UTF8.self))
  }
}
