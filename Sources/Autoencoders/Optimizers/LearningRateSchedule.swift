import Linalg

/// The course of the learning rate over the steps of a run.
public struct LearningRateSchedule: Sendable, Equatable {
  public enum Shape: String, Sendable, Codable, CaseIterable {
    /// The rate is η throughout.
    case constant
    /// The rate is η·½(1 + cos(πk/K)) at step k of K behind the warm-up: it goes from η to nearly 0 (Loshchilov and
    /// Hutter 2017).
    case cosine
    /// The rate is η·(1 − k/K) at step k of K behind the warm-up.
    case linear
    /// The rate is η·10^(−i/7) in stage i = 0 … 7, each three times as long as the one before (Burda, Grosse and
    /// Salakhutdinov 2016, where stage i has 3ⁱ epochs, together 3,280). Stages count the steps from the start of the
    /// run.
    case stages
  }

  public let shape: Shape
  /// The largest rate η.
  public let rate: Double
  /// The number of first steps over which the rate rises linearly to η.
  public let warmup: Int
  /// The number of all steps of the run.
  public let steps: Int

  public init(_ shape: Shape, rate: Double, warmup: Int = 0, steps: Int) {
    self.shape = shape
    self.rate = rate
    self.warmup = warmup
    self.steps = steps
  }

  /// Returns the rate of step `step`, counted from 0.
  public func rate(at step: Int) -> Double {
    if step < warmup { return rate * Double(step + 1) / Double(warmup + 1) }
    switch shape {
    case .constant: return rate
    case .cosine:
      let progress = Double(step - warmup) / Double(max(1, steps - warmup))
      return rate * 0.5 * (1 + cosine(Double.pi * min(1, progress)))
    case .linear: return rate * (1 - Double(step - warmup) / Double(max(1, steps - warmup)))
    case .stages:
      // Stage i begins after (3ⁱ − 1)/2 of 3,280 parts of the run.
      let part = Double(step) * 3280 / Double(max(1, steps))
      let stage = [1, 4, 13, 40, 121, 364, 1093].count { part >= $0 }
      return rate * Double.exp(-Double(stage) / 7 * Double.log(10))
    }
  }
}
