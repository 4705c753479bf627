import CPCRE2
import Synchronization

/// A regular expression of a tokenizer file, run by PCRE2.
///
/// Files are written for Oniguruma; `PatternTranslation` makes of an expression what means the same
/// here. A match that would take too many steps counts as none, so that no text can hold up the
/// program, and `exceededStepLimit` says so from then on.
package final class RegularExpression: Hashable, @unchecked Sendable {
  /// The expression as the file has it.
  let source: [UInt8]
  /// The well-known pattern that it is, which needs no engine.
  package let known: KnownPattern?
  // Compiled code is never written to, and matching keeps its state elsewhere.
  private let code: OpaquePointer
  private let hasExceeded = Atomic<Bool>(false)

  /// How much work one match may be in a text of so many bytes.
  ///
  /// Once a match was given up there is little sense in trying hard: what comes out is wrong already,
  /// and a file may have many such expressions and a text many such places.
  private func stepLimit(_ count: Int) -> UInt32 {
    UInt32(clamping: (exceededStepLimit ? 10_000 : 100_000) + 32 * count)
  }

  /// What is wrong with an expression.
  package struct Failure: Error {
    let reason: String
  }

  /// Compiles an expression.
  package init(_ source: [UInt8]) throws(Failure) {
    self.source = source
    known = KnownPattern(source)
    let translated = try PatternTranslation.translated(source)
    var number: Int32 = 0
    var place = 0
    let context = pcre2_compile_context_create_8(nil)
    defer { pcre2_compile_context_free_8(context) }
    pcre2_set_newline_8(context, UInt32(PCRE2_NEWLINE_LF))
    // `^` and `$` are about lines in Oniguruma's default syntax.
    let options = UInt32(PCRE2_UTF) | UInt32(PCRE2_UCP) | UInt32(PCRE2_MULTILINE)
    let compiled = translated.withUnsafeBufferPointer {
      pcre2_compile_8($0.baseAddress, $0.count, options, &number, &place, context)
    }
    guard let compiled else {
      var message = [UInt8](repeating: 0, count: 256)
      _ = pcre2_get_error_message_8(number, &message, message.count)
      let text = String(decoding: message.prefix { $0 != 0 }, as: UTF8.self)
      throw Failure(reason: text)
    }
    code = compiled
    _ = pcre2_jit_compile_8(compiled, UInt32(PCRE2_JIT_COMPLETE))
  }

  /// Whether a match was given up.
  var exceededStepLimit: Bool { hasExceeded.load(ordering: .relaxed) }

  deinit { pcre2_code_free_8(code) }

  /// Whether the files have the same expression.
  package static func == (left: RegularExpression, right: RegularExpression) -> Bool {
    left.source == right.source
  }

  /// Hashes the expression as the file has it.
  package func hash(into hasher: inout Hasher) { hasher.combine(source) }

  /// Calls `body` with each match in valid UTF-8, from left to right.
  ///
  /// An empty match right after another match does not count.
  package func forEachMatch(in text: UnsafeBufferPointer<UInt8>, _ body: (Range<Int>) -> Void) {
    guard let base = text.baseAddress,
      let data = pcre2_match_data_create_8(1, nil), let context = pcre2_match_context_create_8(nil)
    else { return }
    defer {
      pcre2_match_data_free_8(data)
      pcre2_match_context_free_8(context)
    }
    pcre2_set_match_limit_8(context, stepLimit(text.count))
    pcre2_set_depth_limit_8(context, stepLimit(text.count))
    pcre2_set_heap_limit_8(context, 1 << 18)
    var start = 0
    var lastEnd = -1
    while start <= text.count {
      guard matches(base, text.count, start, data, context) else { return }
      let ends = pcre2_get_ovector_pointer_8(data)
      guard let lower = ends?[0], let upper = ends?[1], lower <= upper else { return }
      if lower == upper, lower == lastEnd {
        guard start < text.count else { return }
        start += UTF8Scalar.length(lead: base[start])
        lastEnd = -1
        continue
      }
      body(lower..<upper)
      start = upper
      lastEnd = upper
    }
  }

  private func matches(
    _ base: UnsafePointer<UInt8>, _ count: Int, _ start: Int, _ data: OpaquePointer,
    _ context: OpaquePointer
  ) -> Bool {
    let options = UInt32(PCRE2_NO_UTF_CHECK)
    var result = pcre2_match_8(code, base, count, start, options, data, context)
    if result == PCRE2_ERROR_JIT_STACKLIMIT {
      result = pcre2_match_8(
        code, base, count, start, options | UInt32(PCRE2_NO_JIT), data, context)
    }
    if result < PCRE2_ERROR_NOMATCH { hasExceeded.store(true, ordering: .relaxed) }
    return result >= 0
  }
}
