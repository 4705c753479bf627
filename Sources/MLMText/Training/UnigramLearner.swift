#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Learns a unigram vocabulary (Kudo, "Subword Regularization", 2018): begins with many substrings,
/// and by turns estimates their probabilities and drops those that are missed least.
///
/// The steps are those of Hugging Face's `UnigramTrainer`, which are sentencepiece's: a sparse prior by
/// way of the digamma function, a loss for each token from the best way to spell it without it, and a
/// vocabulary a tenth too large until the end. Counts weigh the first substrings as well. Sums are
/// taken in one order, so that threads do not matter.
struct UnigramLearner {
  /// A token and the natural logarithm of its probability.
  typealias Piece = (bytes: [UInt8], score: Double)

  private struct Words {
    var text: [UInt8] = []
    var starts: [Int] = [0]
    var counts: [Int] = []
  }

  private let settings: TrainingOptions.Unigram
  private let alphabet: Alphabet
  private let size: Int
  private let threads: Int
  private var words = Words()
  private var pieces: [Piece] = []

  /// Work is cut into this many parts, whatever the number of threads.
  private static let partCount = 8
  /// Tokens that are expected less often go.
  private static let smallestExpectation = 0.5

  /// Takes the words, in the order of their bytes; `size` is how many tokens to end up with.
  init(
    _ source: some CountedWords, alphabet: Alphabet, size: Int,
    settings: TrainingOptions.Unigram, threads: Int
  ) throws {
    self.settings = settings
    self.alphabet = alphabet
    self.size = size
    self.threads = threads
    var words = Words()
    try source.forEach { word, count in
      words.text.append(contentsOf: word)
      words.starts.append(words.text.count)
      words.counts.append(count)
    }
    guard words.text.count < Int(Int32.max) else {
      throw TokenizerError(
        code: .invalidOptions,
        reason: "expected different words of less than 2^31 bytes in all, found "
          + "\(words.text.count) bytes; train on a part of the text")
    }
    self.words = words
  }

  /// Returns the tokens, the most probable first; of equally probable ones in the order of their bytes.
  mutating func learn(
    progress: (_ rounds: Int, _ total: Int) throws -> Void
  ) throws -> [Piece] {
    pieces = seeds()
    let wanted = size + size / 10
    var total = 1
    var left = Double(pieces.count)
    while left > Double(wanted) {
      left *= settings.shrinkingFactor
      total += 1
    }
    var round = 0
    while !pieces.isEmpty {
      for _ in 0..<settings.iterations { estimate() }
      round += 1
      try progress(round, max(total, round))
      if pieces.count <= wanted { break }
      let before = pieces.count
      prune(to: max(wanted, Int(Double(before) * settings.shrinkingFactor)))
      // Where every token left is needed to spell something, no more can go.
      if pieces.count == before { break }
    }
    return final()
  }

  // MARK: The first vocabulary

  private func seeds() -> [Piece] {
    var text: [UInt32] = []
    var weights: [Int] = []
    var frequencies: [UInt32: Int] = [:]
    let known = Set(alphabet.scalars)
    words.text.withUnsafeBufferPointer { bytes in
      for (index, count) in words.counts.enumerated() {
        let word = UnsafeBufferPointer(
          rebasing: bytes[words.starts[index]..<words.starts[index + 1]])
        Characters.forEachScalar(of: word) { scalar, _, isLast in
          // What is not in the alphabet, and U+0000, ends a substring.
          let isKnown = known.contains(scalar) && scalar != 0
          text.append(isKnown ? scalar : 0)
          weights.append(count)
          if known.contains(scalar) { frequencies[scalar, default: 0] &+= count }
          if isLast {
            text.append(0)
            weights.append(count)
          }
        }
      }
    }
    var pieces: [(bytes: [UInt8], weight: Double)] =
      frequencies
      .sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      .map { (Characters.bytes($0.key), Double($0.value)) }
    text.withUnsafeBufferPointer { text in
      weights.withUnsafeBufferPointer { weights in
        let room = max(settings.seedSize - pieces.count, 0)
        for seed in UnigramSeeds.find(
          in: text, weights: weights, longest: settings.longestToken, limit: room)
        {
          var bytes: [UInt8] = []
          for i in seed.start..<seed.start + seed.length { UTF8Scalar.append(text[i], to: &bytes) }
          pieces.append((bytes, Double(seed.score)))
        }
      }
    }
    let logarithm = log(pieces.reduce(0) { $0 + $1.weight })
    return pieces.map { ($0.bytes, log($0.weight) - logarithm) }
  }

  // MARK: Expectation and maximization

  /// A round of expectation maximization.
  private mutating func estimate() {
    let lattice = lattice()
    let sums = inParts { range, sums in
      var lattice = lattice
      forEachWord(in: range) { word, count in
        lattice.addExpectations(of: word, count: Double(count), to: sums)
      }
    }
    var kept: [Piece] = []
    var total = 0.0
    for (index, expected) in sums.enumerated() where expected >= Self.smallestExpectation {
      kept.append((pieces[index].bytes, expected))
      total += expected
    }
    let logarithm = Self.digamma(total)
    pieces = kept.map { ($0.bytes, Self.digamma($0.score) - logarithm) }
  }

  private func lattice() -> UnigramLattice {
    UnigramLattice(
      trie: ByteTrie(Vocabulary(pieces.map(\.bytes))), scores: pieces.map(\.score))
  }

  /// Calls `body` for each part of the words with sums of its own, and adds them up in order.
  private func inParts(
    _ body: (Range<Int>, UnsafeMutableBufferPointer<Double>) -> Void
  ) -> [Double] {
    let count = pieces.count
    let all = UnsafeMutableBufferPointer<Double>.allocate(
      capacity: max(count * Self.partCount, 1))
    all.initialize(repeating: 0)
    defer { all.deallocate() }
    let parts = Self.partCount
    let workers = max(1, min(threads, parts))
    let work = words.counts.count
    WorkerThreads.run(workers) { worker in
      for part in stride(from: worker, to: parts, by: workers) {
        body(
          work * part / parts..<work * (part + 1) / parts,
          UnsafeMutableBufferPointer(rebasing: all[part * count..<(part + 1) * count]))
      }
    }
    return (0..<count).map { index in
      var sum = 0.0
      for part in 0..<parts { sum += all[part * count + index] }
      return sum
    }
  }

  private func forEachWord(
    in range: Range<Int>, _ body: (UnsafeBufferPointer<UInt8>, Int) -> Void
  ) {
    words.text.withUnsafeBufferPointer { text in
      for index in range {
        body(
          UnsafeBufferPointer(rebasing: text[words.starts[index]..<words.starts[index + 1]]),
          words.counts[index])
      }
    }
  }

  // MARK: Pruning

  /// Drops the tokens that are missed least, until `count` are left.
  private mutating func prune(to count: Int) {
    let lattice = lattice()
    let frequencies = inParts { range, sums in
      var lattice = lattice
      forEachWord(in: range) { word, count in
        for id in lattice.best(word) where id >= 0 { sums[Int(id)] += Double(count) }
      }
    }
    let all = words.counts.reduce(0.0) { $0 + Double($1) }
    let sum = frequencies.reduce(0, +)
    let logarithm = log(sum)
    let tokens = pieces
    let losses = WorkerThreads.map(tokens.count, threads: threads) { index -> Double in
      let frequency = frequencies[index]
      var lattice = lattice
      let (best, other) = tokens[index].bytes.withUnsafeBufferPointer {
        (lattice.best($0), lattice.best($0, excluding: Int32(index)))
      }
      // A token that nothing else can spell stays.
      if other.isEmpty || other.contains(-1) { return .infinity }
      if frequency == 0 { return -.infinity }
      // One that is cut into others, and occurs nevertheless, has no better spelling to lose to.
      if best.count > 1 { return .infinity }
      let changed = log(sum + frequency * Double(other.count - 1))
      let alternative = other.reduce(0.0) { $0 + log(frequencies[Int($1)] + frequency) - changed }
      return frequency / all * (log(frequency) - logarithm - alternative)
    }
    let needed = losses.indices.filter { losses[$0] == .infinity }
    let candidates = losses.indices.filter { losses[$0].isFinite }
      .sorted { (losses[$1], $0) < (losses[$0], $1) }
    pieces = (needed + candidates.prefix(max(count - needed.count, 0))).map { tokens[$0] }
  }

  // MARK: The end

  /// The alphabet and then the best tokens, as many as were asked for.
  private func final() -> [Piece] {
    let worst = pieces.map(\.score).min() ?? 0
    var known: [[UInt8]: Double] = [:]
    for piece in pieces { known[piece.bytes] = piece.score }
    var chosen: [Piece] = []
    var taken: Set<[UInt8]> = []
    for (place, scalar) in alphabet.scalars.enumerated() {
      let bytes = Characters.bytes(scalar)
      // Characters that were never worth a token follow the worst one, the first ones last.
      let score = known[bytes] ?? worst - 0.0001 * Double(alphabet.scalars.count - place)
      chosen.append((bytes, score))
      taken.insert(bytes)
    }
    for piece in pieces where chosen.count < size && !taken.contains(piece.bytes) {
      chosen.append(piece)
    }
    return chosen.sorted { a, b in
      a.score == b.score ? a.bytes.lexicographicallyPrecedes(b.bytes) : a.score > b.score
    }
  }

  /// The logarithmic derivative of the gamma function: recurrence up to 7, then its asymptotic series
  /// (Bernardo, algorithm AS 103, 1976, with more terms and shifted by one half).
  static func digamma(_ value: Double) -> Double {
    var x = value
    var result = 0.0
    while x < 7 {
      result -= 1 / x
      x += 1
    }
    x -= 0.5
    let square = 1 / (x * x)
    let series =
      square
      * (1.0 / 24 - square * (7.0 / 960 - square * (31.0 / 8064 - square * 127.0 / 30720)))
    return result + log(x) + series
  }
}
