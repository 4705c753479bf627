/// Damage to a document.
enum Mutation {
  private static let numbers = [
    "-1", "0", "1", "-0", "2147483647", "2147483648", "4294967296", "9223372036854775807",
    "9223372036854775808", "-9223372036854775808", "1e999", "1e-999", "0.5", "-1e308", "1E2",
    "65536",
    "99999999999999999999999999999999999999", "NaN", "01", "3.0",
  ]
  private static let wrong = [
    "null", "true", "false", "[]", "{}", "\"\"", "\"x\"", "[[]]", "{\"a\":1}", "\"\\ud800\"",
    "\"\\udc00\\ud800\"", "\"\\ud83d\\ude00\"", "\"\\u0000\"", "\"\\q\"", "\"\\u12\"", "",
    "nul", "\"unended", ",", "]",
  ]
  private static let expressions = [
    "(", ")", "[", "a{1000000}", "(a+)+$", "(.*)*(.*)*(.*)*z", #"\p{Nope}"#, #"(?R)"#,
    #"(?<n>a)\k<n>"#,
    #"((((((((((a*)*)*)*)*)*)*)*)*)*)*b"#, #"(?:a?){50}a{50}"#, #"\1"#, "(?=a)*", #"\Q"#,
    #"[a-\d]"#,
    #"\X+"#, #"\R"#, "a**", "(?i", "[[:alpha:]]", #"\x{110000}"#, "(|a)+", "x{0}", #"\C"#,
    "(*ACCEPT)",
    "(*LIMIT_MATCH=1)", "(?C1)", #"\K"#, "(?|(a)|(b))",
  ]
  private static let strings = ["", " ", "\u{0}", "\u{10FFFF}", "ab", "▁▁", "[CLS]", "Ġ", "A", "B"]

  /// A damaged tokenizer, as bytes; now and then an undamaged one.
  static func document(_ random: inout SeededGenerator) -> [UInt8] {
    damaged(SampleTokenizer.document(&random), &random)
  }

  /// A damaged document, as bytes; now and then an undamaged one.
  static func damaged(_ document: JSONValue, _ random: inout SeededGenerator) -> [UInt8] {
    var document = document
    if random.oneIn(4) { return document.bytes }
    if !random.oneIn(4) {
      for _ in 0..<random.pick([1, 1, 1, 2, 4]) { change(&document, &random) }
      if !random.oneIn(8) { return document.bytes }
    }
    var bytes = document.bytes
    damage(&bytes, &random)
    return bytes
  }

  /// Damages bytes that know nothing of JSON.
  static func damage(_ bytes: inout [UInt8], _ random: inout SeededGenerator) {
    for _ in 0...random.below(4) where !bytes.isEmpty {
      let place = random.below(bytes.count)
      switch random.below(7) {
      case 0: bytes[place] ^= 1 << UInt8(random.below(8))
      case 1: bytes[place] = UInt8(random.below(256))
      case 2: bytes.insert(UInt8(random.below(256)), at: place)
      case 3: bytes.remove(at: place)
      case 4: bytes.removeLast(bytes.count - place)
      case 5:
        let end = min(place + random.below(50), bytes.count)
        bytes.insert(contentsOf: Array(bytes[place..<end]), at: random.below(bytes.count))
      default:
        bytes.removeSubrange(place..<min(place + random.below(50), bytes.count))
      }
    }
  }

  /// Changes one value of a document.
  private static func change(_ document: inout JSONValue, _ random: inout SeededGenerator) {
    let place = place(in: document, &random)
    let other = document.value(at: self.place(in: document, &random))
    document.change(at: place) { value in
      switch random.below(10) {
      case 0: value = .verbatim(random.pick(wrong))
      case 1: value = .verbatim(random.pick(numbers))
      case 2: value = .string(random.pick(random.oneIn(2) ? strings : expressions))
      case 3: value = other
      case 4: deepen(&value, &random)
      default: changeInside(&value, other, &random)
      }
    }
  }

  /// A place, mostly outside of the vocabulary, which holds most of the values.
  private static func place(in document: JSONValue, _ random: inout SeededGenerator) -> Int {
    guard case .object(let members) = document, !random.oneIn(6) else {
      return random.below(document.count)
    }
    var start = 1
    let chosen = random.below(members.count)
    for (index, member) in members.enumerated() {
      if index == chosen {
        // The settings of a model stand before its vocabulary.
        return start + random.below(min(member.value.count, 12))
      }
      start += member.value.count
    }
    return 0
  }

  private static func changeInside(
    _ value: inout JSONValue, _ other: JSONValue, _ random: inout SeededGenerator
  ) {
    switch value {
    case .object(var members) where !members.isEmpty:
      let index = random.below(members.count)
      switch random.below(6) {
      case 0: members.remove(at: index)
      case 1: members.append(members[index])
      case 2: members[index].name = Array(random.pick(strings).utf8)
      case 3: members[index].value = .verbatim(random.pick(random.oneIn(2) ? wrong : numbers))
      case 4: members[index].value = members[random.below(members.count)].value
      default: members.append((Array("unheard_of".utf8), other))
      }
      value = .object(members)
    case .array(var elements) where !elements.isEmpty:
      let index = random.below(elements.count)
      switch random.below(4) {
      case 0: elements.remove(at: index)
      case 1:
        let copies = random.oneIn(20) ? 3000 : 1 + random.below(30)
        elements += repeatElement(elements[index], count: copies)
      case 2: elements[index] = other
      default: elements.shuffle(using: &random)
      }
      value = .array(elements)
    case .string(var text):
      if random.oneIn(3) || text.isEmpty {
        text = Array(random.pick(strings).utf8)
      } else if random.oneIn(30) {
        text = Array(repeatElement(text, count: 5000).joined().prefix(100_000))
      } else {
        damage(&text, &random)
      }
      value = .string(text)
    case .verbatim:
      value = .verbatim(random.pick(numbers))
    default: value = .verbatim(random.pick(wrong))
    }
  }

  private static func deepen(_ value: inout JSONValue, _ random: inout SeededGenerator) {
    let depth = random.pick([2, 20, 126, 128, 5000])
    if random.oneIn(2) {
      let names = ["normalizers", "pretokenizers", "decoders", "processors"]
      let name = random.pick(names)
      for _ in 0..<min(depth, 300) { value = .component("Sequence", [(name, .array([value]))]) }
    } else {
      let inner = String(decoding: value.bytes, as: UTF8.self)
      value = .verbatim(
        String(repeating: "[", count: depth) + inner + String(repeating: "]", count: depth))
    }
  }
}
