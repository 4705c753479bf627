import MLM
import MLMModel
import MLMNumerics

/// Times the encoder forward only: tokens to rows after the final norm, as `TextEncoder` computes them.
///
///     EncoderBenchmark PRESET VOCABULARY LENGTH SEQUENCES THREADS PASSES PRECISION
///
/// Weights and tokens are random. Prints one line of JSON: tokens per second, over the median time of
/// the passes from the fourth on. Peak memory is for the caller to take, as it is of the peer.
@main struct EncoderBenchmark {
  static func main() {
    let arguments = CommandLine.arguments.dropFirst()
    let numbers = arguments.dropFirst().compactMap { Int($0) }
    guard let preset = arguments.first.flatMap({ Preset(rawValue: $0) }), numbers.count == 5,
      let precision = arguments.last.flatMap({ Precision(rawValue: $0) })
    else {
      fatalError(
        "expected PRESET VOCABULARY LENGTH SEQUENCES THREADS PASSES PRECISION, found \(arguments)")
    }
    let (vocabulary, length, count) = (numbers[0], numbers[1], numbers[2])
    var configuration = preset.configuration(vocabularySize: vocabulary)
    configuration.maximumLength = max(configuration.maximumLength, length)
    MLM.prepare()
    let parameters = Parameters(ParameterLayout(configuration, head: .none))
    parameters.initialize(seed: 1)
    let pass = SequencePass(
      Transformer(configuration, parameters: parameters, processor: .current(precision)),
      threads: Threads(count: numbers[3]))

    let random = RandomStream(seed: 1, stream: 1)
    var times = (0..<numbers[4]).map { step in
      let sequences = (0..<count).map { sequence in
        (0..<length).map { place in
          let uniform = random.uniform(
            step: UInt64(step), position: UInt64(sequence * length + place))
          return Int32(uniform * Double(vocabulary))
        }
      }
      return ContinuousClock().measure { pass.run(sequences) { _, _, _ in } } / .seconds(1)
    }
    times.removeFirst(min(3, times.count - 1))
    times.sort()
    let median = (times[(times.count - 1) / 2] + times[times.count / 2]) / 2
    print("{\"tokens_per_second\": \(Double(count * length) / median)}")
  }
}
