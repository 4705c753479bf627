"""Code points that a normalizer here treats otherwise than the library's, and why: other versions of Unicode.

utf8proc 2.8 has Unicode 15.0. tokenizers 0.23.3 has several tables: those of the normalization forms and
of marks are older, those of small letters newer. Ranges are hexadecimal.
"""

# Unicode 13: a vowel sign that decomposes.
DECOMPOSITION = "11938"
# Unicode 12.1 to 15: superscript and modifier letters, digits, an era name.
COMPATIBILITY = "32FF A7F2-A7F4 AB69 10781-10785 10787-107B0 107B2-107BA 1E030-1E06D 1F16C 1FBF0-1FBF9"
# Unicode 16 and later: letters that have small letters.
LOWERCASE = "1C89 A7CB-A7CC A7CE A7D2 A7D4 A7DA A7DC 10D50-10D65 16EA0-16EB8"
# Unicode 10 to 15: marks, and characters that have become marks.
MARKS = (
    "7FD 898-89F 8CA-8D3 9FE AFA-AFF B55 C04 C3C CF3 D00 D3B-D3C D81 EBA ECE 1715 180F 1ABF-1ACE "
    "1CF2-1CF3 1CF7 1DF6-1DFA A82C A8FF 10D24-10D27 10EAB-10EAC 10EFD-10EFF 10F46-10F50 10F82-10F85 11070 "
    "11073-11074 110C2 11145-11146 111C9 111CE-111CF 11241 1133B 1145E 1182C-1183A 11930-11935 "
    "11937-11938 1193B-1193E 11940 11942-11943 119D1-119D7 119DA-119E0 119E4 11A01-11A0A 11A33-11A39 "
    "11A3B-11A3E 11A47 11A51-11A5B 11A8A-11A99 11D31-11D36 11D3A 11D3C-11D3D 11D3F-11D45 11D47 "
    "11D8A-11D8E 11D90-11D91 11D93-11D97 11EF3-11EF6 11F00-11F01 11F03 11F34-11F3A 11F3E-11F42 13440 "
    "13447-13455 16F4F 16F7F-16F87 16FE4 16FF0-16FF1 1CF00-1CF2D 1CF30-1CF46 1E08F 1E130-1E136 1E2AE "
    "1E2EC-1E2EF 1E4EC-1E4EF"
)

DIFFERENT = {
    "NFD": DECOMPOSITION,
    "NFKC": COMPATIBILITY,
    "NFKD": COMPATIBILITY + " " + DECOMPOSITION,
    "Lowercase": LOWERCASE,
    "StripAccents": MARKS,
    "BertNormalizer": LOWERCASE + " " + DECOMPOSITION,
    "BertNormalizer, lowercase": LOWERCASE,
    "BertNormalizer, strip_accents": DECOMPOSITION,
}


def of(name: str) -> str:
    """The ranges for a normalizer; none for one that is not listed."""
    return DIFFERENT.get(name, "")
