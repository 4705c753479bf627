import MLM
import MLMText

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// `trainer_state.json`: where a run stands and what it was asked to do.
struct TrainerState: Codable, Equatable {
  /// The form of this file, and of the order in which a run sums; others are refused, as a run could
  /// not go on to the same bytes.
  static let currentVersion = 6

  var version = TrainerState.currentVersion
  /// Steps done.
  var step: Int
  var isFinished: Bool
  var plan: PretrainingPlan
  /// The corpus the run reads: total bytes, and what names the text alone and the text as tokens.
  var corpusBytes: Int
  var textDigest: String
  var corpusChecksum: String
  /// Mean loss of a finished run on held-out text, in nats.
  var heldOutLoss: Double?
  var tokensPerSecond: Double?

  static func fileName(in directory: String) -> String { directory + "/" + RunFiles.state }

  /// Reads the state of a snapshot or of a finished run; nil where there is none.
  ///
  /// - Throws: ``TrainingError`` with code `badSnapshot`, or `FileError` where it cannot be read.
  init?(directory: String) throws {
    let path = Self.fileName(in: directory)
    guard FileSystem.exists(path) else { return nil }
    let bytes = try FileContents.read(path)
    guard let state = try? JSONDecoder().decode(TrainerState.self, from: Data(bytes)) else {
      throw TrainingError(.badSnapshot, "\(path): expected the state of a run, found other bytes")
    }
    guard state.version == Self.currentVersion else {
      throw TrainingError(
        .badSnapshot,
        "\(path): expected version \(Self.currentVersion), found \(state.version)")
    }
    if let problem = state.plan.problem { throw TrainingError(.badSnapshot, "\(path): \(problem)") }
    guard (0...state.plan.stepCount).contains(state.step) else {
      throw TrainingError(
        .badSnapshot,
        "\(path): step: expected a number from 0 to \(state.plan.stepCount), found \(state.step)")
    }
    self = state
  }

  init(step: Int, isFinished: Bool, plan: PretrainingPlan, corpus: PretrainingCorpus) {
    self.step = step
    self.isFinished = isFinished
    self.plan = plan
    corpusBytes = corpus.byteCount
    textDigest = corpus.textDigest
    corpusChecksum = corpus.checksum
  }

  var json: [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(self) else {
      preconditionFailure("the state of a run holds finite numbers only")
    }
    return Array(data) + [UInt8(ascii: "\n")]
  }
}
