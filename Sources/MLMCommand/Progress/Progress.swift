import MLMTraining

/// Shows on standard error how far a command is.
///
/// On a terminal one line is rewritten in place; elsewhere a line is printed about every ten seconds,
/// the first and the last always.
final class Progress {
  /// Seconds between two lines where they are not rewritten, and between two rewritings.
  private static let lineInterval = 10.0
  private static let rewriteInterval = 0.1
  /// Seconds before work that is counted is shown at all.
  private static let quickEnough = 1.0
  /// A line that is rewritten must not wrap.
  private static let columns = 79

  private let isQuiet: Bool
  private let isTerminal: Bool
  private let start = ContinuousClock.now
  private var shownAt = -Double.infinity
  private var stage: String?
  private var stageStart = 0.0
  private var isLineOpen = false
  /// Recent means: one slow step must not double the time left.
  private var secondsPerStep: Double?
  private var tokensPerStep = 0.0

  init(isQuiet: Bool) {
    self.isQuiet = isQuiet
    // A dumb terminal cannot wipe a line.
    isTerminal = StandardError.isTerminal && System.environment("TERM") != "dumb"
  }

  deinit { clear() }

  private var now: Double { start.duration(to: .now).inSeconds }

  /// Shows a stage of preparation; once there is a share to reckon with, with the time left.
  func show(stage: String, share: Double?) {
    let isNew = stage != self.stage
    self.stage = stage
    if isNew { stageStart = now }
    let seconds = now - stageStart
    let left = share.flatMap { share in
      seconds >= Self.quickEnough && share > 0 ? seconds * (1 - share) / share : nil
    }
    show(
      ProgressText.stage(
        stage, share: isTerminal || !isNew ? share : nil, secondsLeft: isNew ? nil : left),
      isImportant: isNew)
  }

  /// Shows a step.
  func show(_ report: StepReport) {
    stage = nil
    if let mean = secondsPerStep {
      secondsPerStep = mean + 0.1 * (report.seconds - mean)
      tokensPerStep += 0.1 * (Double(report.tokenCount) - tokensPerStep)
    } else {
      secondsPerStep = report.seconds
      tokensPerStep = Double(report.tokenCount)
    }
    let seconds = secondsPerStep ?? report.seconds
    show(
      ProgressText.step(
        report, tokensPerSecond: seconds > 0 ? tokensPerStep / seconds : 0,
        secondsLeft: seconds * Double(report.stepCount - report.step)),
      isImportant: report.step == 1 || report.step == report.stepCount)
  }

  /// Shows how many of some things are done; nothing where it takes no time worth telling.
  func show(done: Int, of total: Int?, _ what: String) {
    let time = now
    guard done > 0, time >= Self.quickEnough else { return }
    show(
      ProgressText.count(done, of: total, what, seconds: time), isImportant: false)
  }

  /// Shows how many lines of a stream are done.
  ///
  /// - Parameters:
  ///   - lines: Lines done, skipped ones included.
  ///   - skipped: Lines that were done before.
  ///   - share: The share of the input that was read; nil where its size is unknown.
  ///   - start: That share after the skipped lines.
  func show(lines: Int, skipped: Int, share: Double?, after start: Double) {
    let time = now
    guard lines > skipped, time >= Self.quickEnough else { return }
    let left = share.flatMap { share in
      share > start ? time * (1 - share) / (share - start) : nil
    }
    show(
      ProgressText.lines(
        lines, perSecond: Double(lines - skipped) / time, share: share, secondsLeft: left),
      isImportant: false)
  }

  /// Prints a line that stays.
  func note(_ text: String) {
    guard !isQuiet else { return }
    clear()
    StandardError.line(text)
  }

  /// Wipes the line that is being rewritten.
  func clear() {
    guard isLineOpen else { return }
    StandardError.write("\r\u{1B}[K")
    isLineOpen = false
  }

  /// Lets the line that is being rewritten stay as it is.
  func keep() {
    guard isLineOpen else { return }
    StandardError.write("\n")
    isLineOpen = false
  }

  private func show(_ text: String, isImportant: Bool) {
    guard !isQuiet else { return }
    let interval = isTerminal ? Self.rewriteInterval : Self.lineInterval
    guard isImportant || now - shownAt >= interval else { return }
    shownAt = now
    if isTerminal {
      StandardError.write("\r\(text.prefix(Self.columns))\u{1B}[K")
      isLineOpen = true
    } else {
      StandardError.line(text)
    }
  }
}
