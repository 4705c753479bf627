/// A learning rate that rises evenly from 0 to its peak and then falls evenly to 0.
public struct LearningRateSchedule: Hashable, Codable, Sendable {
  /// The highest rate.
  public var peak: Float
  /// Share of the steps that warm up.
  public var warmup: Double

  /// Creates a schedule.
  public init(peak: Float, warmup: Double) {
    self.peak = peak
    self.warmup = warmup
  }

  /// The rate at a step from 1 to `stepCount`.
  public func rate(atStep step: Int, of stepCount: Int) -> Float {
    let warmupSteps = max(1, (warmup * Double(stepCount)).rounded())
    let position = Double(step)
    if position <= warmupSteps { return Float(Double(peak) * position / warmupSteps) }
    let remaining = Double(stepCount) + 1 - position
    return Float(Double(peak) * remaining / (Double(stepCount) + 1 - warmupSteps))
  }
}
