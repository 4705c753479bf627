extension TokenizerReader {
  /// A text of a few bytes that becomes longer than this is refused.
  private static let longestProbe = 1 << 20

  /// Refuses steps that make texts longer and longer: forty that double a letter would make a
  /// terabyte of one.
  ///
  /// What each step puts into a text is tried on the steps after it, and a short text on all of them.
  func requireModestGrowth(_ normalizer: Normalizer) throws(TokenizerError) {
    var probes: [(text: [UInt8], next: Int)] = [(Array("aA e\u{301} \u{6F22} 1!\u{FDFA}".utf8), 0)]
    for (index, operation) in normalizer.operations.enumerated() {
      switch operation {
      case .replace(_, let content), .prepend(let content): probes.append((content, index + 1))
      case .precompiled(let map): probes.append((map.longestReplacement, index + 1))
      default: break
      }
    }
    for (text, next) in probes {
      var text = text
      for operation in normalizer.operations[next...] {
        let share =
          switch operation {
          case .replace(_, let content), .prepend(let content): content.count
          case .precompiled(let map): map.longestReplacement.count
          default: 0
          }
        // A step may write its content for every byte, and once more at the end.
        guard text.count <= Self.longestProbe, (text.count + 1) * share < 1 << 28 else {
          throw TokenizerError(
            code: .unsupported, file: name, place: "normalizer",
            reason: "expected steps that keep texts short, found some that lengthen each other's")
        }
        var (output, recorder) = ([UInt8](), AlignmentRecorder(isRecording: false))
        let changed = text.withUnsafeBufferPointer {
          operation.apply($0, into: &output, recording: &recorder)
        }
        if changed { text = output }
      }
    }
  }

  /// Refuses more steps that write into the text than any tokenizer has: each may double it.
  func requireModestGrowth(_ preTokenizer: PreTokenizer) throws(TokenizerError) {
    let count = preTokenizer.steps.count { step in
      switch step {
      case .byteLevel, .metaspace: true
      default: false
      }
    }
    guard count <= 8 else {
      throw TokenizerError(
        code: .unsupported, file: name, place: "pre_tokenizer",
        reason: "expected at most 8 steps of ByteLevel and Metaspace, found \(count)")
    }
  }
}
