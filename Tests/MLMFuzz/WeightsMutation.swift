/// Damage to a safetensors file: its length, its header as JSON, its bytes.
enum WeightsMutation {
  private static let lengths: [UInt64] = [
    0, 1, 2, 99_999_999, 100_000_000, 100_000_001, 1 << 32, 1 << 63, .max, .max - 7,
  ]
  private static let sizes = [
    "0", "-1", "1", "4294967296", "9223372036854775807", "4611686018427387904", "1e3", "2.5",
  ]
  private static let types = ["F32", "F16", "BF16", "F64", "I64", "BOOL", "F8_E4M3", "", "f32"]

  /// A file with one to three things wrong; now and then with none.
  static func damaged(_ sample: SampleModel, _ random: inout SeededGenerator) -> [UInt8] {
    guard case .object(var tensors) = sample.header else { return [] }
    var length: UInt64?
    if random.oneIn(4) {
      var bytes = SampleModel.weights(sample.header.bytes, sample.numbers)
      Mutation.damage(&bytes, &random)
      return bytes
    }
    if random.oneIn(4) {
      let header = Mutation.damaged(sample.header, &random)
      return SampleModel.weights(header, sample.numbers)
    }
    for _ in 0..<random.below(4) {
      let index = random.below(tensors.count)
      switch random.below(8) {
      case 0: length = random.pick(lengths)
      case 1: change("data_offsets", of: &tensors[index].value, offsets(sample, &random))
      case 2: change("shape", of: &tensors[index].value, shape(&random))
      case 3: change("dtype", of: &tensors[index].value, .string(random.pick(types)))
      case 4:
        // The place of another tensor: they overlap, and a part belongs to none.
        tensors[index].value = tensors[random.below(tensors.count)].value
      case 5: tensors.remove(at: index)
      case 6: tensors[index].name = Array("bert.unheard_of".utf8)
      default:
        let count = random.oneIn(100) ? 100_000 : 3
        let empty = JSONValue.object([
          ("dtype", .string("F32")), ("shape", .array([.number(0)])),
          ("data_offsets", .array([.number(0), .number(0)])),
        ])
        for number in 0..<count { tensors.append((Array("empty.\(number)".utf8), empty)) }
      }
      if tensors.isEmpty { break }
    }
    return SampleModel.weights(JSONValue.object(tensors).bytes, sample.numbers, length: length)
  }

  private static func change(_ key: String, of tensor: inout JSONValue, _ value: JSONValue) {
    guard case .object(var members) = tensor else { return }
    for index in members.indices where members[index].name == Array(key.utf8) {
      members[index].value = value
    }
    tensor = .object(members)
  }

  private static func offsets(
    _ sample: SampleModel, _ random: inout SeededGenerator
  ) -> JSONValue {
    let end = sample.numbers.count
    let places = [0, 1, 4, end / 2, end - 4, end, end + 4, -4, .max, .min]
    return .array((0..<random.pick([2, 2, 2, 1, 3])).map { _ in .number(random.pick(places)) })
  }

  private static func shape(_ random: inout SeededGenerator) -> JSONValue {
    .array((0..<random.below(5)).map { _ in .verbatim(random.pick(sizes)) })
  }
}
