/// Where each byte of rewritten text came from, as runs.
///
/// A rewriting step maps every output character to one character of its input: the one it replaces,
/// or the one before it where it is an addition. Steps are kept apart and followed one after the
/// other.
struct Alignment {
  /// A stretch of output bytes, up to the next run.
  struct Run {
    /// The first output byte.
    var output: Int
    /// The input byte it came from, or -1 if it came from nowhere.
    var input: Int
    /// Whether the following bytes came from the following input bytes, or from the same one.
    var advances: Bool
  }

  /// The runs of each step, first step first; no step means that nothing was rewritten.
  var steps: [[Run]] = []
}

/// Collects the runs of one step, or nothing when nobody asks for offsets.
struct AlignmentRecorder {
  let isRecording: Bool
  private(set) var runs: [Alignment.Run] = []

  init(isRecording: Bool) { self.isRecording = isRecording }

  /// Says that the output from `output` on copies the input from `input` on.
  @inline(__always)
  mutating func copy(from input: Int, to output: Int) {
    if isRecording { runs.append(Alignment.Run(output: output, input: input, advances: true)) }
  }

  /// Says that the output from `output` on came from the one character at `input`.
  @inline(__always)
  mutating func single(from input: Int, to output: Int) {
    if isRecording { runs.append(Alignment.Run(output: output, input: input, advances: false)) }
  }

  /// Says that what the last call was about came from the one character at `input` instead.
  mutating func moveLast(to input: Int) {
    if isRecording, !runs.isEmpty { runs[runs.count - 1].input = input }
  }
}

/// Follows an alignment from output bytes to the characters of the original text.
///
/// Asked in rising order it takes constant time an answer.
struct AlignmentCursor {
  private let steps: [[Alignment.Run]]
  private var positions: [Int]

  init(_ alignment: Alignment) {
    steps = alignment.steps
    positions = [Int](repeating: 0, count: alignment.steps.count)
  }

  /// Returns a byte of the original text, inside the character that output byte `index` came from;
  /// -1 for what came from nowhere.
  mutating func origin(of index: Int) -> Int {
    if steps.isEmpty { return index }
    var index = index
    for step in stride(from: steps.count - 1, through: 0, by: -1) {
      let runs = steps[step]
      guard !runs.isEmpty else { continue }
      var position = positions[step]
      while position + 1 < runs.count, runs[position + 1].output <= index { position += 1 }
      while position > 0, runs[position].output > index { position -= 1 }
      positions[step] = position
      let run = runs[position]
      if run.input < 0 { return -1 }
      index = run.advances ? run.input + (index - run.output) : run.input
    }
    return index
  }
}
