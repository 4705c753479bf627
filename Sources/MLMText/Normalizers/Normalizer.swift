import CUTF8Proc

/// Rewrites text into the form that a vocabulary was trained on.
///
/// The result equals what Hugging Face tokenizers makes of the normalizer that is written to
/// tokenizer.json, apart from characters that one of the two Unicode versions does not know.
public struct Normalizer: Hashable, Sendable {
  /// The Unicode normalization forms, and none.
  public enum Form: String, Hashable, Sendable, CaseIterable {
    case none, nfc, nfd, nfkc, nfkd
  }

  /// A rewriting step, as a tokenizer.json lists them.
  package struct Step: Hashable, Sendable {
    let kind: NormalizerStep

    init(_ kind: NormalizerStep) { self.kind = kind }

    /// Brings the text into a form.
    package static func form(_ form: Form) -> Step { Step(.form(form)) }
    /// Makes capital letters small.
    package static let lowercase = Step(.lowercase)
    /// Removes marks.
    package static let stripAccents = Step(.stripAccents)
  }

  /// The steps in the order in which they run.
  package let steps: [Step]
  /// What the steps come down to.
  let operations: [RewritingOperation]

  /// NFKC, case and accents kept.
  public static let `default` = Normalizer(form: .nfkc)

  /// The version of the Unicode data in use, for example "15.0.0".
  public static var unicodeVersion: String {
    utf8proc_unicode_version().map { String(cString: $0) } ?? "unknown"
  }

  /// Creates a normalizer.
  ///
  /// Accents are stripped from the decomposed text (NFD, or NFKD for the compatible forms), which
  /// is composed again if `form` says so; with `none` too, since Hangul would otherwise stay in
  /// pieces. Lowercasing comes last.
  public init(form: Form, lowercases: Bool = false, stripsAccents: Bool = false) {
    var steps: [Step] = []
    if stripsAccents {
      steps.append(.form(form == .nfkc || form == .nfkd ? .nfkd : .nfd))
      steps.append(.stripAccents)
      if form == .nfkc { steps.append(.form(.nfkc)) }
      if form == .nfc || form == .none { steps.append(.form(.nfc)) }
    } else if form != .none {
      steps.append(.form(form))
    }
    if lowercases { steps.append(.lowercase) }
    self.init(steps: steps)
  }

  /// Creates a normalizer that runs `steps` in order.
  package init(steps: [Step]) {
    self.steps = steps.filter { $0 != .form(.none) }
    operations = self.steps.flatMap(\.kind.operations)
  }

  /// The last normalization form that the text is brought into.
  public var form: Form {
    for operation in operations.reversed() {
      if case .form(let form) = operation { return form }
    }
    return .none
  }

  /// Whether capital letters become small ones.
  public var lowercases: Bool { operations.contains(.lowercase) }

  /// Whether marks are removed.
  public var stripsAccents: Bool {
    operations.contains(.stripAccents) || operations.contains(.characters(.nonspacingStripping))
  }

  /// Returns the normalized UTF-8 of `text`.
  public func normalized(_ text: String) -> [UInt8] {
    normalized(Array(text.utf8))
  }

  /// Returns the normalized form of `utf8`; malformed sequences become U+FFFD first.
  public func normalized(_ utf8: [UInt8]) -> [UInt8] {
    let valid = UTF8Repair.repaired(utf8).bytes
    return valid.withUnsafeBufferPointer { input in
      var scratch = NormalizerScratch()
      return apply(input, &scratch, aligning: false) ? scratch.bytes : valid
    }
  }

  /// Returns the normalized form of `utf8`, which must be valid, and for each of its bytes the range
  /// of original bytes that make up the character it came from.
  package func aligned(_ utf8: [UInt8]) -> (bytes: [UInt8], origins: [Range<Int>]) {
    utf8.withUnsafeBufferPointer { input in
      var scratch = NormalizerScratch()
      let bytes = apply(input, &scratch, aligning: true) ? scratch.bytes : utf8
      var cursor = AlignmentCursor(scratch.alignment)
      return (bytes, bytes.indices.map { input.originRange(cursor.origin(of: $0)) })
    }
  }

  /// Normalizes valid UTF-8 into `scratch.bytes`; returns false where nothing had to change, and
  /// then `scratch.bytes` means nothing.
  func apply(
    _ input: UnsafeBufferPointer<UInt8>, _ scratch: inout NormalizerScratch, aligning: Bool
  ) -> Bool {
    scratch.alignment.steps.removeAll(keepingCapacity: true)
    var changed = false
    for operation in operations {
      var recorder = AlignmentRecorder(isRecording: aligning)
      // The first step that changes something reads the caller's bytes, the others the result.
      let stepChanged =
        changed
        ? scratch.bytes.withUnsafeBufferPointer {
          operation.apply($0, into: &scratch.next, recording: &recorder)
        } : operation.apply(input, into: &scratch.next, recording: &recorder)
      guard stepChanged else { continue }
      swap(&scratch.bytes, &scratch.next)
      if aligning { scratch.alignment.steps.append(recorder.runs) }
      changed = true
    }
    return changed
  }
}

/// Memory that normalization uses again and again.
struct NormalizerScratch {
  /// The result of the last call.
  var bytes: [UInt8] = []
  /// Where the result came from, if that was asked for.
  var alignment = Alignment()
  fileprivate var next: [UInt8] = []
}

extension UnsafeBufferPointer<UInt8> {
  /// The range of the character that an alignment says something came from: empty for -1.
  func originRange(_ index: Int) -> Range<Int> {
    index < 0 ? 0..<0 : characterRange(at: index)
  }

  /// The place of the character that ends at `end`, in valid UTF-8; -1 if there is none.
  func lastCharacter(before end: Int) -> Int {
    end > 0 ? characterRange(at: end - 1).lowerBound : -1
  }

  /// The range of the character that holds the byte at `index`, in valid UTF-8.
  func characterRange(at index: Int) -> Range<Int> {
    guard index < count else { return count..<count }
    var start = index
    while start > 0, self[start] & 0xC0 == 0x80 { start -= 1 }
    return start..<Swift.min(start + UTF8Scalar.length(lead: self[start]), count)
  }
}
