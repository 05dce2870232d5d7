import Linalg

/// How the learning rate goes over the steps of a run.
public struct LearningRateSchedule: Sendable, Equatable {
  public enum Shape: String, Sendable, Codable, CaseIterable {
    /// η throughout.
    case constant
    /// η·½(1 + cos(πk/K)) at step k of K: from η to nearly 0 (Loshchilov and Hutter 2017).
    case cosine
    /// η·(1 − k/K).
    case linear
    /// η·10^(−i/7) in stage i = 0 … 7, each three times as long as the one before (Burda, Grosse and Salakhutdinov 2016:
    /// of 3ⁱ epochs, together 3,280).
    case stages
  }

  public let shape: Shape
  /// η, the largest rate.
  public let rate: Double
  /// The first steps, over which the rate rises linearly to η.
  public let warmup: Int
  /// K, all steps of the run.
  public let steps: Int

  public init(_ shape: Shape, rate: Double, warmup: Int = 0, steps: Int) {
    self.shape = shape
    self.rate = rate
    self.warmup = warmup
    self.steps = steps
  }

  /// The rate of step k, counted from 0.
  public func rate(at step: Int) -> Double {
    if step < warmup { return rate * Double(step + 1) / Double(warmup + 1) }
    switch shape {
    case .constant: return rate
    case .cosine:
      let progress = Double(step - warmup) / Double(max(1, steps - warmup))
      return rate * 0.5 * (1 + cosine(Double.pi * min(1, progress)))
    case .linear: return rate * (1 - Double(step - warmup) / Double(max(1, steps - warmup)))
    case .stages:
      // Stage i begins after (3ⁱ − 1)/2 of the 3,280 parts.
      let part = Double(step) * 3280 / Double(max(1, steps))
      let stage = [1, 4, 13, 40, 121, 364, 1093].count { part >= $0 }
      return rate * Double.exp(-Double(stage) / 7 * Double.log(10))
    }
  }
}
