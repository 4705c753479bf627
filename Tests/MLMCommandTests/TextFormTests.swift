import MLMCommand
import MLMTraining
import Testing

@Suite struct TextFormTests {
  @Test func numbersAreRounded() {
    #expect(Numbers.fixed(3.14159, 2) == "3.14")
    #expect(Numbers.fixed(0.005, 1) == "0.0")
    #expect(Numbers.fixed(-0.96, 1) == "-1.0")
    #expect(Numbers.fixed(-0.01, 1) == "0.0")
    #expect(Numbers.fixed(12, 0) == "12")
    #expect(Numbers.fixed(.infinity, 2) == "inf")
    #expect(Numbers.scientific(0.0018) == "1.8e-3")
    #expect(Numbers.scientific(0.00999) == "1.0e-2")
    #expect(Numbers.scientific(2) == "2.0e0")
    #expect(Numbers.grouped(1_234_567) == "1,234,567")
    #expect(Numbers.grouped(-1000) == "-1,000")
    #expect(Numbers.grouped(999) == "999")
    #expect(Numbers.percent(0.87654) == "87.65 %")
    #expect(Numbers.bytes(67_000_000) == "67.0 MB")
    #expect(Numbers.counted(1, "line") == "1 line")
    #expect(Numbers.counted(2000, "line") == "2,000 lines")
  }

  @Test func timesHaveMinutesAndHours() {
    #expect(Numbers.time(9) == "0:09")
    #expect(Numbers.time(249.4) == "4:09")
    #expect(Numbers.time(3725) == "1:02:05")
    #expect(Numbers.time(.nan) == "?")
  }

  @Test func timeSpansAreRead() {
    #expect(TimeSpan(argument: "90s")?.seconds == 90)
    #expect(TimeSpan(argument: "30m")?.seconds == 1800)
    #expect(TimeSpan(argument: "1h30m")?.seconds == 5400)
    #expect(TimeSpan(argument: "0.5h")?.seconds == 1800)
    for wrong in ["", "30", "m", "3x", "-3m", "0s", "1..2s", "1e9m", "٣m"] {
      #expect(TimeSpan(argument: wrong) == nil, "\(wrong)")
    }
  }

  @Test func tablesAlign() {
    var table = Table(["label", "F1"])
    table.add(["a", "0.5000"])
    table.add(["longer label", ""])
    #expect(table.text == "label             F1\na             0.5000\nlonger label\n")
  }

  @Test func outputsAreNamedAfterInputs() {
    #expect(Paths.output(for: "corpus.txt", fallback: "x") == "corpus.mlm")
    #expect(Paths.output(for: "a.b/corpus", fallback: "x") == "a.b/corpus.mlm")
    #expect(Paths.output(for: "dir/corpus.tar.gz", fallback: "x") == "dir/corpus.tar.mlm")
    #expect(Paths.output(for: "/.hidden", fallback: "x") == "/.hidden.mlm")
    #expect(Paths.output(for: "-", fallback: "x") == "x.mlm")
    #expect(Paths.output(for: "/dev/null", fallback: "x") == "x.mlm")
    #expect(Paths.withoutTrailingSlash("a/b//") == "a/b")
    #expect(Paths.withoutTrailingSlash("/") == "/")
  }

  @Test func progressTellsStepLossRateSpeedAndTimeLeft() {
    let report = StepReport(
      step: 7, stepCount: 120, loss: 5.25, gradientNorm: 1, learningRate: 0.002,
      tokenCount: 8192, seconds: 1)
    #expect(
      ProgressText.step(report, tokensPerSecond: 8192.4, secondsLeft: 113)
        == "step   7/120  loss 5.2500  lr 2.0e-3  8,192 tokens/s  left 1:53")
    #expect(ProgressText.stage("tokenizing", share: 0.421) == "tokenizing: 42 %")
    #expect(ProgressText.stage("reading", share: nil) == "reading")
  }

  @Test func identifiersAreRead() throws {
    #expect(try TokenIDs.read(Array("2 17  3\r".utf8)) == [2, 17, 3])
    #expect(try TokenIDs.read([]) == [])
    #expect(try TokenIDs.read(Array(#"{"ids":[1,2],"tokens":[]}"#.utf8)) == [1, 2])
    for wrong in ["2 x", "1.5", "99999999999", "{}", "{\"ids\":\"1\"}"] {
      #expect(throws: TokenizerError.self) { try TokenIDs.read(Array(wrong.utf8)) }
    }
  }

  @Test(arguments: [(0, 1), (3, 32), (1_000_000_000, 768)])
  func numpyHeadersEndAtAMultipleOf64(rows: Int, columns: Int) {
    let header = NumPyWriter(rows: rows, columns: columns).header
    // numpy.lib.format: magic, version 1.0, little-endian length of the rest, which ends a line.
    #expect(Array(header.prefix(8)) == [0x93] + Array("NUMPY".utf8) + [1, 0])
    #expect(Int(header[8]) + 256 * Int(header[9]) == header.count - 10)
    #expect(header.count % 64 == 0)
    #expect(header.last == UInt8(ascii: "\n"))
    let text = String(decoding: header.dropFirst(10), as: UTF8.self)
    #expect(text.contains("'shape': (\(rows), \(columns))"))
  }
}
