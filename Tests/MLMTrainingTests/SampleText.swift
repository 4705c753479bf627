import MLMNumerics
import MLMTraining

/// Text made for tests, and runs small enough for them.
enum SampleText {
  /// Different sentences of 6 to 12 words.
  static func sentences(_ count: Int, seed: UInt64 = 3) -> [String] {
    let random = RandomStream(seed: seed, stream: 1)
    let subjects = ["the old sailor", "a young painter", "my neighbour", "the night porter"]
    let verbs = ["found", "painted", "sold", "remembered", "carried"]
    let objects = ["a blue boat", "the long table", "three letters", "the last train", "a map"]
    let places = ["in the harbour", "by the river", "before the winter", "near the station"]
    return (0..<count).map { index in
      func pick(_ words: [String], _ place: UInt64) -> String {
        words[random.below(words.count, step: UInt64(index), position: place)]
      }
      return
        "\(pick(subjects, 0)) \(pick(verbs, 1)) \(pick(objects, 2)) \(pick(places, 3)) \(index)"
    }
  }

  /// Writes sentences, one a line, and returns the path.
  static func write(_ sentences: [String], in folder: String, as name: String = "corpus.txt") throws
    -> String
  {
    let path = folder + "/" + name
    try FileContents.write(Array((sentences.joined(separator: "\n") + "\n").utf8), to: path)
    return path
  }

  /// One layer of width 32 and twelve steps of two pieces each.
  static func options(_ change: (inout PretrainingOptions) -> Void = { _ in })
    -> PretrainingOptions
  {
    var options = PretrainingOptions()
    options.vocabularySize = 300
    (options.layerCount, options.width, options.headCount) = (1, 32, 2)
    options.stepCount = 12
    options.batchTokens = 2200
    options.sequenceLength = 24
    options.maximumLength = 40
    options.learningRate = 5e-3
    options.snapshotInterval = 0
    options.threadCount = 1
    change(&options)
    return options
  }

  /// Runs to the end and returns the weights as written.
  static func train(
    _ files: [String], _ output: String, _ options: PretrainingOptions,
    _ existing: PretrainingRun.Existing = .refuse
  ) throws -> [UInt8] {
    let run = try PretrainingRun(
      files: files, output: output, options: options, existing: existing)
    while try run.advance() != nil {}
    _ = try run.finish()
    return try weights(output)
  }

  static func weights(_ directory: String) throws -> [UInt8] {
    try FileContents.read(directory + "/model.safetensors")
  }

  /// The weights of an uninterrupted run on one thread over ``sentences(_:seed:)``.
  static var reference: [UInt8] { get throws { try referenceRun.get() } }

  private static let referenceRun = Result {
    try withFolder { folder in
      try train([try write(sentences(90), in: folder)], folder + "/out", options())
    }
  }
}
