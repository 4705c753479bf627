import Foundation
import Testing

@Suite struct TokenizerStreamTests {
  private func scratch() throws -> Scratch {
    let scratch = try Scratch()
    try scratch.write(Fixtures.text(lines: 100), to: "c.txt")
    let outcome = try Program.run(
      "tokenizer train c.txt --output t.json --vocab-size 300 --normalizer none --quiet",
      in: scratch)
    #expect(outcome.code == 0)
    return scratch
  }

  #if os(Linux)
    /// The most memory that the program held, from what the kernel tells its parent.
    private func peak(_ arguments: String, in scratch: Scratch) throws -> Int {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/bin/sh")
      process.currentDirectoryURL = scratch.folder
      // The kernel keeps the high-water mark until the process is gone, so it is asked while output
      // waits for a reader, and again and again until the last.
      process.arguments = [
        "-c",
        """
        mkfifo pipe
        "$0" \(arguments) > pipe & pid=$!
        exec 3< pipe
        head -c 1000 <&3 > head
        grep VmHWM /proc/$pid/status > mark
        tail -c 1000 <&3 > tail &
        peak=0
        while line=$(grep VmHWM /proc/$pid/status 2> /dev/null); do echo "$line" > mark; sleep 0.02; done
        wait $pid
        """,
        Program.executable.path,
      ]
      try process.run()
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
      let words = try scratch.text("mark").split(whereSeparator: \.isWhitespace)
      return (words.dropFirst().first.flatMap { Int($0) } ?? .max / 1024) * 1024
    }

    @Test func memoryDoesNotGrowWithTheFile() throws {
      let scratch = try scratch()
      let text = Fixtures.text(lines: 2000)
      for (name, copies) in [("small", 30), ("large", 300)] {
        try scratch.write(String(repeating: text, count: copies), to: name)
      }
      let small = try peak(
        "tokenizer encode --tokenizer t.json --json --threads 2 small", in: scratch)
      let large = try peak(
        "tokenizer encode --tokenizer t.json --json --threads 2 large", in: scratch)
      let size = try scratch.data("large").count
      #expect(size > 30 << 20)
      // Ids, tokens and offsets of the whole file would take many times its size.
      #expect(large < small + 16 << 20, "\(small) and \(large) bytes")
    }

    @Test func memoryOfALineFollowsItsLength() throws {
      let scratch = try scratch()
      let text = Fixtures.text(lines: 2000).replacing("\n", with: " é ")
      try scratch.write(text, to: "short")
      try scratch.write(String(repeating: text, count: 8 << 20 / text.utf8.count), to: "long")
      for unit in ["bytes", "utf16"] {
        let arguments = "tokenizer encode --tokenizer t.json --json --offsets \(unit) --threads 1 "
        let short = try peak(arguments + "short", in: scratch)
        let long = try peak(arguments + "long", in: scratch)
        // Twenty bytes a token, as this tokenizer has one in two bytes of text, and four for each byte
        // for other units; the output alone would take about as much again.
        #expect(long < short + 24 * 8 << 20, "\(unit): \(short) and \(long) bytes")
      }
    }
  #endif

  @Test func longLinesAreWrittenAsShortOnes() throws {
    let scratch = try scratch()
    let line = Fixtures.text(lines: 2000).replacing("\n", with: " é👍 ")
    let long = String(repeating: line, count: 1 << 19 / line.utf8.count + 1)
    try scratch.write("\(line)\n\(long)\n\(line)\n", to: "x.txt")
    func lines(_ options: String) throws -> [[String: [Any]]] {
      let outcome = try Program.run(
        "tokenizer encode --tokenizer t.json --no-special-tokens --json \(options) x.txt",
        in: scratch)
      return try outcome.text.split(separator: "\n").map {
        try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: [Any]])
      }
    }
    let ids = try Program.run(
      "tokenizer encode --tokenizer t.json --no-special-tokens x.txt", in: scratch
    ).text.split(separator: "\n").map { $0.split(separator: " ").compactMap { Int($0) } }
    for (unit, length) in [("bytes", long.utf8.count), ("utf16", long.utf16.count)] {
      let found = try lines("--offsets \(unit)")
      #expect(found.count == 3 && ids.count == 3)
      for (object, ids) in zip(found, ids) {
        #expect(object["ids"] as? [Int] == ids)
        #expect(object["tokens"]?.count == ids.count && object["offsets"]?.count == ids.count)
      }
      #expect((found[1]["offsets"]?.last as? [Int])?.last == length)
      #expect(found[0]["tokens"] as? [String] == found[2]["tokens"] as? [String])
      let tokens = try #require(found[1]["tokens"] as? [String])
      #expect(
        Array(tokens.prefix(1000)) == Array((found[0]["tokens"] as? [String] ?? []).prefix(1000)))
    }
  }

  @Test func orderIsKeptOnAnyNumberOfThreads() throws {
    let scratch = try scratch()
    let lines = (0..<5000).map { number in
      String(repeating: "the river ", count: number % 7) + "\(number)"
    }
    try scratch.write(lines.joined(separator: "\n"), to: "x.txt")
    for option in ["", " --json", " --json --offsets characters", " --count"] {
      let outputs = try [1, 2, 7].map { threads in
        try Program.run(
          "tokenizer encode --tokenizer t.json x.txt --threads \(threads)\(option)", in: scratch
        ).output
      }
      #expect(outputs[0].count(where: { $0 == 10 }) == 5000)
      #expect(outputs[1] == outputs[0] && outputs[2] == outputs[0])
    }
  }

  @Test func offsetsComeInOtherUnits() throws {
    let scratch = try scratch()
    func offsets(_ line: String, _ unit: String) throws -> [[Int]] {
      let outcome = try Program.run(
        ["tokenizer", "encode", "--tokenizer", "t.json", "--json", "--offsets", unit], in: scratch,
        input: line + "\n")
      return try #require(outcome.json["offsets"] as? [[Int]])
    }
    let line = "é👍🏽e\u{301}"
    #expect(try offsets(line, "bytes").last == [0, 0])
    #expect(try offsets(line, "bytes").flatMap { $0 }.max() == 13)
    #expect(try offsets(line, "scalars").flatMap { $0 }.max() == 5)
    #expect(try offsets(line, "utf16").flatMap { $0 }.max() == 7)
    #expect(try offsets(line, "characters").flatMap { $0 }.max() == 3)
  }

  @Test func anyBytesComeBack() throws {
    let scratch = try scratch()
    var bytes: [UInt8] = Array("the river\n".utf8) + [0xFF, 0xC3, 0x0A, 0x0A, 0xE3, 0x81, 0x41]
    bytes += (0...255).map { UInt8($0) } + [0x0A]
    try scratch.write(Data(bytes), to: "bytes")
    let ids = try Program.run("tokenizer encode --bytes --tokenizer t.json bytes", in: scratch)
    #expect(ids.code == 0 && ids.errors.isEmpty)
    let back = try Program.run(
      "tokenizer decode --bytes --tokenizer t.json", in: scratch, input: ids.text)
    let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
    let found = back.output.split(separator: 0x0A, omittingEmptySubsequences: false)
    #expect(found.count == lines.count)
    for (line, found) in zip(lines, found) {
      // A line that begins with text without a space gets one.
      #expect(Array(found) == Array(line) || Array(found) == [0x20] + line)
    }
    let replaced = try Program.run("tokenizer encode --tokenizer t.json bytes", in: scratch)
    #expect(replaced.errors.contains("malformed UTF-8 sequences replaced"))
  }

  @Test func bytesNeedATokenizerThatKeepsThem() throws {
    let scratch = try Scratch()
    try scratch.write(TokenizerShowTests.document, to: "t.json")
    let outcome = try Program.run(
      "tokenizer encode --bytes --tokenizer t.json", in: scratch, input: "x\n")
    #expect(outcome.code == 65)
    #expect(outcome.error.hasPrefix("mlm: t.json: expected a byte-level tokenizer"))
    for options in ["--pairs", "--offsets utf16"] {
      #expect(
        try Program.run("tokenizer encode --bytes \(options) --tokenizer t.json", in: scratch).code
          == 64)
    }
  }
}
