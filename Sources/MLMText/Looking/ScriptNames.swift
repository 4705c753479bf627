/// The names of Unicode scripts (Unicode Standard Annex 24), as PCRE2 knows them.
struct ScriptNames {
  /// The most frequent come first, since they are tried in this order.
  private static let names = """
    Latin Cyrillic Han Arabic Devanagari Greek Hebrew Hangul Hiragana Katakana Thai Bengali Tamil \
    Telugu Kannada Malayalam Gujarati Gurmukhi Oriya Sinhala Lao Khmer Myanmar Tibetan Georgian \
    Armenian Ethiopic Mongolian Cherokee Thaana Syriac Canadian_Aboriginal Bopomofo Yi Javanese \
    Balinese Sundanese Tifinagh Nko Vai Ol_Chiki Limbu Tai_Le New_Tai_Lue Tai_Tham Tai_Viet Cham \
    Kayah_Li Lepcha Rejang Saurashtra Meetei_Mayek Buginese Batak Buhid Hanunoo Tagalog Tagbanwa \
    Lisu Bamum Samaritan Mandaic Coptic Gothic Runic Ogham Glagolitic Old_Italic Deseret Shavian \
    Osmanya Osage Adlam Cuneiform Egyptian_Hieroglyphs Linear_A Linear_B Cypriot Phoenician \
    Ugaritic Old_Persian Avestan Imperial_Aramaic Inscriptional_Pahlavi Inscriptional_Parthian \
    Old_South_Arabian Old_Turkic Kharoshthi Brahmi Kaithi Chakma Sharada Takri Phags_Pa \
    Syloti_Nagri Newa Tirhuta Siddham Modi Grantha Khojki Khudawadi Mahajani Multani Ahom Bhaiksuki \
    Marchen Zanabazar_Square Soyombo Masaram_Gondi Gunjala_Gondi Dogra Nandinagari Warang_Citi \
    Mro Pahawh_Hmong Nyiakeng_Puachue_Hmong Wancho Medefaidrin Bassa_Vah Mende_Kikakui Duployan \
    SignWriting Miao Tangut Nushu Khitan_Small_Script Hatran Palmyrene Nabataean Manichaean \
    Psalter_Pahlavi Elymaic Chorasmian Sogdian Old_Sogdian Yezidi Hanifi_Rohingya Makasar \
    Dives_Akuru Caucasian_Albanian Elbasan Old_Permic Old_Hungarian Sora_Sompeng Lydian Lycian \
    Carian Meroitic_Cursive Meroitic_Hieroglyphs Anatolian_Hieroglyphs
    """.split(separator: " ").map { String($0) }

  /// What characters are called that belong to no script, or to several.
  static let common = "Common"

  private var expressions: [RegularExpression?] = []
  private var known: [UInt32: Int] = [:]

  /// The script of a code point; nil for those of none or several.
  mutating func name(of scalar: UInt32) -> String? {
    if let index = known[scalar] { return index < 0 ? nil : Self.names[index] }
    if expressions.isEmpty {
      // Scripts newer than the library are left out.
      expressions = Self.names.map {
        try? RegularExpression(Array("\\p{\($0)}".utf8))
      }
    }
    var text: [UInt8] = []
    UTF8Scalar.append(scalar, to: &text)
    let found = expressions.firstIndex { expression in
      var matches = false
      text.withUnsafeBufferPointer { expression?.forEachMatch(in: $0) { _ in matches = true } }
      return matches
    }
    known[scalar] = found ?? -1
    return found.map { Self.names[$0] }
  }
}
