import CUTF8Proc

/// The general category of every code point, in a table built once from utf8proc.
struct GeneralCategories: Sendable {
  /// A set of general categories: one bit each, numbered as utf8proc does.
  struct Group: OptionSet, Sendable {
    let rawValue: UInt32

    private static func of(_ categories: utf8proc_category_t...) -> Group {
      Group(rawValue: categories.reduce(0) { $0 | 1 << $1.rawValue })
    }

    static let upper = of(UTF8PROC_CATEGORY_LU, UTF8PROC_CATEGORY_LT)
    static let lower = of(UTF8PROC_CATEGORY_LL)
    /// Modifier and other letters.
    static let caseless = of(UTF8PROC_CATEGORY_LM, UTF8PROC_CATEGORY_LO)
    static let marks = of(UTF8PROC_CATEGORY_MN, UTF8PROC_CATEGORY_MC, UTF8PROC_CATEGORY_ME)
    static let digits = of(UTF8PROC_CATEGORY_ND)
    static let letterNumbers = of(UTF8PROC_CATEGORY_NL)
    static let numbers: Group = [digits, letterNumbers, of(UTF8PROC_CATEGORY_NO)]
    static let connectors = of(UTF8PROC_CATEGORY_PC)
    static let letters: Group = [upper, lower, caseless]
    /// What `\w` stands for, besides what `isWord` adds.
    static let words: Group = [letters, marks, digits, letterNumbers, connectors]
  }

  static let shared = GeneralCategories()

  private let table: CodePointTable

  /// Returns whether the category of `scalar`, which must be at most U+10FFFF, belongs to `group`.
  @inline(__always)
  func contains(_ scalar: UInt32, _ group: Group) -> Bool {
    group.rawValue >> UInt32(table[scalar]) & 1 != 0
  }

  /// Returns whether `scalar` is part of a word as Rust's `regex` sees it: `\w` of Unicode Technical
  /// Standard 18.
  func isWord(_ scalar: UInt32) -> Bool {
    if contains(scalar, .words) { return true }
    switch scalar {
    // The joiners, and the circled and squared letters that are alphabetic symbols.
    case 0x200C...0x200D, 0x24B6...0x24E9, 0x1F130...0x1F149, 0x1F150...0x1F169,
      0x1F170...0x1F189:
      return true
    default: return false
    }
  }

  private init() {
    table = CodePointTable {
      UInt8(truncatingIfNeeded: utf8proc_category(Int32(bitPattern: $0)).rawValue)
    }
  }
}
