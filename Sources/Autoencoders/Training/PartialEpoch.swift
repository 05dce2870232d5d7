/// The part of an epoch that is done, for runs that are saved between two steps.
public struct PartialEpoch: Sendable, Equatable, Codable {
  /// The number of batches that are done.
  public var batches: Int
  /// The total loss of their samples.
  public var loss: Double
  /// The mean loss of the samples of the epoch's first batch.
  public var firstBatchLoss: Double
  /// The learning rate at the last step.
  public var learningRate: Double
  /// The totals of the loss's terms over the samples, in their order.
  public var terms: [Double]
  /// The seconds that the batches took.
  public var seconds = 0.0
  /// The `startLoss` of the epoch's report.
  public var startLoss: Double?
  /// The factorisations that failed in the steps of these batches.
  public var trouble: [OptimizerTrouble] = []

  /// Whether the numbers can be those of `batches` batches; a file may have others.
  var isPossible: Bool {
    batches >= 0 && batches <= 1 << 31 && loss.isFinite && firstBatchLoss.isFinite && learningRate.isFinite
      && terms.allSatisfy(\.isFinite) && TrainingState.possibleSeconds ~= seconds && startLoss?.isFinite ?? true
      && trouble.allSatisfy { $0.failures > 0 && $0.failures <= 1 << 53 && $0.shift.isFinite }
  }
}

/// Says how often the state of training is handed out within an epoch.
public enum CheckpointInterval: Sendable, Equatable {
  /// After every so many optimizer steps, counted from the start of the run.
  case steps(Int)
  /// After the first batch that ends so many seconds after the last time.
  case seconds(Double)

  func validate() throws(InvalidArgument) {
    switch self {
    case .steps(let count): try requireCount(count, "checkpointEvery", in: 1...1_000_000_000)
    case .seconds(let seconds): try requirePositive(seconds, "checkpointEvery")
    }
  }
}
