import Foundation
import MLMModel
import MLMNumerics
import Testing

/// Files that are not what they say: each is an error with a place and a reason, none a crash.
@Suite struct SafetensorsCorruptionTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A file with the given header and so many bytes after it.
  private func file(_ header: String, dataSize: Int, length: UInt64? = nil) -> [UInt8] {
    let text = Array(header.utf8)
    return withUnsafeBytes(of: (length ?? UInt64(text.count)).littleEndian, Array.init) + text
      + [UInt8](repeating: 0, count: dataSize)
  }

  /// The error of opening a file that must not open.
  private func refusal(of bytes: [UInt8]) throws -> ModelError {
    let path = try folder.write(bytes)
    let error = try #require(throws: ModelError.self) { try SafetensorsFile(path: path) }
    #expect(error.place == path && !error.description.contains("\n"))
    return error
  }

  @Test func placesWithoutAFileAreNamed() throws {
    let missing = folder.path + "/none.safetensors"
    var error = try #require(throws: ModelError.self) { try SafetensorsFile(path: missing) }
    #expect(error.code == .missingFile && error.place == missing)
    error = try #require(throws: ModelError.self) { try SafetensorsFile(path: folder.path) }
    #expect(error.code == .unreadable && error.reason.contains("found a directory"))
    let inside = try folder.write([1]) + "/model.safetensors"
    error = try #require(throws: ModelError.self) { try SafetensorsFile(path: inside) }
    #expect(error.code == .unreadable && error.place == inside)
    let pipe = folder.path + "/pipe"
    #expect(mkfifo(pipe, 0o600) == 0)
    error = try #require(throws: ModelError.self) { try SafetensorsFile(path: pipe) }
    #expect(error.code == .unreadable)
  }

  @Test(arguments: [0, 1, 7])
  func shortFilesAreMalformed(_ count: Int) throws {
    let error = try refusal(of: [UInt8](repeating: 2, count: count))
    #expect(error.code == .malformed)
    #expect(error.reason == "expected a safetensors file, found \(count) bytes")
  }

  @Test(arguments: [0, 1, 3, 1 << 20, 1 << 32, 1 << 62, 1 << 63, UInt64.max, UInt64.max - 7])
  func headerLengthsOutsideTheFileAreMalformed(_ length: UInt64) throws {
    let error = try refusal(of: file("{}", dataSize: 0, length: length))
    #expect(error.code == .malformed)
    #expect(error.reason.contains("found a length of \(length)"))
  }

  @Test(arguments: [
    "{]", "[]", "12", "nonsense", "{\"a\":1}", "{\"a\":{}}", "{\"a\":[]}",
    #"{"a":{"dtype":"F32","shape":[1]}}"#,
    #"{"a":{"dtype":4,"shape":[1],"data_offsets":[0,4]}}"#,
    #"{"a":{"dtype":"F32","shape":1,"data_offsets":[0,4]}}"#,
    #"{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,4]}}"#,
    #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,18446744073709551616]}}"#,
    #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,1e400]}}"#,
    #"{"a":{"dtype":"F32","shape":[01],"data_offsets":[0,4]}}"#,
    #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"n":nul}}"#,
    #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],}}"#,
    #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}} x"#,
    #"{"\ud800":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
    "{\"a\u{0}\":", "\u{0}\u{0}\u{0}\u{0}", "\u{FEFF}{",
  ])
  func headersOfOtherBytesAreMalformed(_ header: String) throws {
    let error = try refusal(of: file(header, dataSize: 4))
    #expect(error.code == .malformed)
    #expect(error.reason == "expected a JSON header of tensors, found other bytes")
  }

  @Test(arguments: ["", #"{"a":"#, #"{"a":{"dtype":"F32","shape":"#])
  func deepNestingIsMalformed(_ start: String) throws {
    for bracket in ["[", #"{"a":"#] {
      let header = start + String(repeating: bracket, count: 100_000)
      #expect(try refusal(of: file(header, dataSize: 4)).code == .malformed)
    }
  }

  @Test(arguments: [
    ("[1]", "[-4,0]", "expected offsets within the file's 8 bytes of data, found [-4, 0]"),
    ("[1]", "[4,0]", "found [4, 0]"), ("[1]", "[0,12]", "found [0, 12]"),
    ("[1]", "[0]", "found [0]"), ("[1]", "[0,4,8]", "found [0, 4, 8]"), ("[1]", "[]", "found []"),
    ("[1]", "[8,9223372036854775807]", "found [8, 9223372036854775807]"),
    ("[2]", "[4,8]", "shape [2] of F32 does not fit its 4 bytes"),
    ("[]", "[0,8]", "shape [] of F32 does not fit its 8 bytes"),
    ("[-1,-2]", "[0,8]", "impossible shape [-1, -2]"),
    ("[4294967296,4294967296]", "[0,8]", "impossible shape [4294967296, 4294967296]"),
    ("[4611686018427387904]", "[0,8]", "does not fit its 8 bytes"),
    ("[9223372036854775807,2]", "[0,8]", "impossible shape"),
    ("[1]", "[4,8]", "expected to start at byte 0 of the data, found 4"),
    ("[1]", "[0,4]", "expected 4 bytes of data, found 8"),
  ])
  func tensorsOutsideTheirDataAreMalformed(
    _ shape: String, _ offsets: String, _ reason: String
  ) throws {
    let header = #"{"a":{"dtype":"F32","shape":\#(shape),"data_offsets":\#(offsets)}}"#
    let error = try refusal(of: file(header, dataSize: 8))
    #expect(error.code == .malformed)
    #expect(error.reason.contains(reason), "\(error)")
  }

  @Test(arguments: [
    ([0, 8], [4, 12], "tensor b: expected to start at byte 8 of the data, found 4"),
    ([0, 8], [0, 8], "tensor b: expected to start at byte 8 of the data, found 0"),
    ([0, 8], [12, 20], "tensor b: expected to start at byte 8 of the data, found 12"),
    ([0, 8], [8, 16], "expected 16 bytes of data, found 20"),
  ])
  func tensorsLieSideBySide(_ a: [Int], _ b: [Int], _ reason: String) throws {
    let header = """
      {"a":{"dtype":"F32","shape":[2],"data_offsets":\(a)},\
      "b":{"dtype":"F32","shape":[2],"data_offsets":\(b)}}
      """
    let error = try refusal(of: file(header, dataSize: 20))
    #expect(error.code == .malformed && error.reason == reason)
  }

  @Test(arguments: [
    (#"{"a":@1,"a":@2}"#, "a"), (#"{"a":@1,"\u0061":@2}"#, "a"), (#"{"é":@1, "é" : @2}"#, "é"),
    (#"{"__metadata__":{"x":"1","x":"2"},"a":@1,"b":@2}"#, "x"),
    (#"{"a":{"dtype":"I8","dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":@2}"#, "dtype"),
    (#"{"__metadata__":{},"a":@1,"b":@2,"__metadata__":{}}"#, "__metadata__"),
  ])
  func namesThereTwiceAreMalformed(_ header: String, _ name: String) throws {
    let header = Self.withTensors(header)
    let error = try refusal(of: file(header, dataSize: 8))
    #expect(error.code == .malformed)
    #expect(error.reason == "expected each name once, found \(name) twice")
  }

  @Test(arguments: [
    #"{"a":@1,"b":@2,"__metadata__":{"a":"a","b":"\"a\":1,\"a\":2"}}"#,
    #"{"dtype":@1,"shape":@2}"#, #"{"a\\":@1,"a":@2}"#, #"{"A":@1,"a":@2}"#,
    #"{"a":{"dtype":"F32","shape":[1],"n":{"x":[1,-2.5e3,null,{}],"y":true},"data_offsets":[0,4]},"b":@2}"#,
    " {\t\"a\" :\r\n @1 , \"b\":@2 } ",
  ])
  func namesThereOnceAreRead(_ header: String) throws {
    let path = try folder.write(file(Self.withTensors(header), dataSize: 8))
    #expect(try SafetensorsFile(path: path).entries.count == 2)
  }

  /// A header with two tensors of one number each in place of `@1` and `@2`.
  private static func withTensors(_ header: String) -> String {
    header
      .replacing("@1", with: #"{"dtype":"F32","shape":[1],"data_offsets":[0,4]}"#)
      .replacing("@2", with: #"{"dtype":"F32","shape":[1],"data_offsets":[4,8]}"#)
  }

  @Test func otherTypesOpenButAreNotRead() throws {
    for (type, size) in [("F64", 8), ("I64", 8), ("F8_E4M3", 1)] {
      let header = #"{"a":{"dtype":"\#(type)","shape":[3],"data_offsets":[0,\#(3 * size)]}}"#
      let path = try folder.write(file(header, dataSize: 3 * size))
      let opened = try SafetensorsFile(path: path)
      #expect(opened.entries["a"]?.shape == [3])
      let numbers = FloatBuffer(count: 3)
      let error = try #require(throws: ModelError.self) {
        try opened.read(
          "a", shape: [3], into: UnsafeMutableBufferPointer(start: numbers.pointer, count: 3))
      }
      #expect(error.code == .unsupported)
      #expect(error.reason == "tensor a: expected numbers of type F32, F16 or BF16, found \(type)")
    }
  }

  @Test func aFileCutAfterOpeningIsUnreadable() throws {
    let header = #"{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}"#
    let path = try folder.write(file(header, dataSize: 16))
    let opened = try SafetensorsFile(path: path)
    #expect(truncate(path, off_t(8 + header.utf8.count + 6)) == 0)
    let numbers = FloatBuffer(count: 4)
    let error = try #require(throws: ModelError.self) {
      try opened.read(
        "a", shape: [4], into: UnsafeMutableBufferPointer(start: numbers.pointer, count: 4))
    }
    #expect(error.code == .unreadable && error.reason.contains("ends early"))
  }

  @Test func namesWithControlCharactersStayOnOneLine() throws {
    let header = #"{"a\nb":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#
    #expect(try refusal(of: file(header, dataSize: 4)).description.contains("a\u{FFFD}b"))
  }
}
