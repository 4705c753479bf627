extension TokenizerTrainer {
  /// Caps the memory of the tables of words at about `bytes`: what does not fit is sorted into files
  /// in `folder`, which `makeRoom()` makes and which goes with the trainer.
  public func limitMemory(to bytes: Int, spillingTo folder: String) {
    memoryLimit = max(bytes, 1)
    spill = SpillFolder(path: folder)
  }

  /// Writes the words counted so far to disk if they take more memory than allowed; to be called
  /// between blocks of text.
  ///
  /// - Throws: `FileError`.
  public func makeRoom() throws {
    // Sorting takes half as much again.
    guard spill != nil, counters.reduce(0, { $0 + $1.memory }) > memoryLimit / 3 * 2 else { return }
    try spillAll()
  }

  /// Removes what lies on disk; the trainer is of no use afterwards.
  public func removeTemporaryFiles() { spill?.remove() }

  private func spillAll() throws {
    guard let spill else { return }
    let settings = CountsSettings.json(options)
    for counter in counters {
      counter.settle()
      guard counter.words.wordCount > 0 else { continue }
      try write(counter.words, counter.summary, settings, to: spill.newRun())
    }
    counters = [Self.counter(options)]
    // Fewer files than a process may have open at once.
    while spill.runs.count > MergedCounts.largestGroup {
      let group = Array(spill.runs.prefix(MergedCounts.largestGroup))
      try merge(group, settings, to: spill.newRun())
      for run in group { spill.remove(run) }
    }
  }

  private func write(
    _ words: WordTable, _ summary: CountSummary, _ settings: [UInt8], to path: String
  ) throws {
    var writer = try CountsWriter(path: path, settings: settings)
    try words.forEachSorted { word, count in try writer.add(word, count: count) }
    var summary = summary
    summary.distinctWords = words.wordCount
    try writer.finish(summary)
  }

  private func merge(_ paths: [String], _ settings: [UInt8], to path: String) throws {
    var writer = try CountsWriter(path: path, settings: settings)
    let summary = try MergedCounts(paths: paths).read { word, count in
      try writer.add(word, count: count)
    }
    try writer.finish(summary)
  }

  /// Options with the normalizer and the pre-tokenizer that the counts file at `path` was made with.
  public static func options(
    _ options: TrainingOptions, forCountsAt path: String
  ) throws -> TrainingOptions {
    var options = options
    try CountsSettings.adopt(from: path, into: &options)
    return options
  }

  /// Adds the counts file at `path`.
  ///
  /// - Throws: `FileError` if it cannot be read; `TokenizerError` if it is damaged, or if its words were
  ///   counted with another normalizer or pre-tokenizer.
  public func addCounts(from path: String) throws {
    let settings = try CountsReader(path: path).settings
    let expected = CountsSettings.json(options)
    guard settings == expected else {
      func oneLine(_ json: [UInt8]) -> String {
        String(decoding: json, as: UTF8.self).split(whereSeparator: \.isWhitespace)
          .joined(separator: " ")
      }
      throw TokenizerError(
        code: .malformed, file: path,
        reason: "expected words counted with \(oneLine(expected)), found \(oneLine(settings))")
    }
    countFiles.append(path)
  }

  /// Writes everything counted so far to a counts file at `path`, sorted.
  public func writeCounts(to path: String) throws {
    let settings = CountsSettings.json(options)
    if let table = try wordsInMemory() {
      try write(table, summary, settings, to: path)
    } else {
      let files = try filesToMerge()
      var writer = try CountsWriter(path: path, settings: settings)
      summary = try MergedCounts(paths: files).read { word, count in
        try writer.add(word, count: count)
      }
      try writer.finish(summary)
    }
  }

  /// All words, if none of them is in a file.
  func wordsInMemory() throws -> WordTable? {
    guard countFiles.isEmpty, spill.map({ $0.runs.isEmpty }) ?? true else { return nil }
    WorkerThreads.run(counters.count) { [counters] in counters[$0].settle() }
    for counter in counters.dropFirst() {
      counters[0].add(counter)
    }
    counters.removeSubrange(1...)
    summary = counters[0].summary
    summary.distinctWords = counters[0].words.wordCount
    return counters[0].words
  }

  /// All words as files that can be read at the same time.
  func filesToMerge() throws -> [String] {
    if spill == nil, counters.contains(where: \.hasWords) {
      throw TokenizerError(
        code: .invalidOptions, reason: "expected a folder for counted text beside counts files")
    }
    try spillAll()
    let files = (spill?.runs ?? []) + countFiles
    guard files.count > MergedCounts.largestGroup else { return files }
    guard let spill else {
      throw TokenizerError(
        code: .invalidOptions,
        reason: "expected a folder for merging more than \(MergedCounts.largestGroup) files")
    }
    let settings = CountsSettings.json(options)
    var rest = files[...]
    var merged: [String] = []
    while !rest.isEmpty {
      let group = Array(rest.prefix(MergedCounts.largestGroup))
      rest = rest.dropFirst(group.count)
      let run = try spill.newRun()
      try merge(group, settings, to: run)
      merged.append(run)
    }
    countFiles = []
    for run in spill.runs where !merged.contains(run) { spill.remove(run) }
    return try filesToMerge()
  }
}
