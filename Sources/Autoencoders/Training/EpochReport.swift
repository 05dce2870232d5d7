/// The numbers of one epoch.
public struct EpochReport: Sendable, Equatable {
  /// From 1.
  public let epoch: Int
  /// Seconds of training so far, without validation.
  public let seconds: Double
  /// Over this epoch's training time.
  public let samplesPerSecond: Double
  /// The rate at the epoch's last step; of L-BFGS the length of its step.
  public let learningRate: Double
  /// Mean over the epoch's samples of the loss at the step that saw them (sum over features); of L-BFGS after its step.
  public let trainLoss: Double
  /// Mean over the training samples before the first step: of the first epoch, where the model starts as principal
  /// components.
  public let startLoss: Double?
  /// Mean over the validation samples after the epoch.
  public let validationLoss: Double?
  /// Σ (x̂ − x)² of those, mean over samples; of models without draws.
  public let validationSquaredError: Double?
  /// What of the training loss belongs to which term, by name.
  public let terms: [Term]
  /// Cross-entropy's lower bound on the training data, their own entropy; nil for other losses.
  public let trainFloor: Double?
  public let validationFloor: Double?
  /// Whether this is the best epoch so far, by validation loss if there is one.
  public let isBest: Bool
  /// Factorisations of this epoch's steps that failed and were repeated with a larger shift.
  public let trouble: [OptimizerTrouble]
  /// How often L-BFGS took the loss of all samples; nil for other optimizers.
  public let evaluations: Int?
  /// Whether L-BFGS found no step that lowers the loss: training ends.
  public let hasConverged: Bool

  public struct Term: Sendable, Equatable {
    public let name: String
    public let value: Double
    /// What the term is in bits a sample, without its weight, where it is one of bits.
    public var bits: Double?
  }
}

/// Where training stands within an epoch.
public struct TrainingProgress: Sendable {
  public let epoch: Int
  public let epochs: Int
  /// Batches done of this epoch, and all of them.
  public let batch: Int
  public let batches: Int
  /// As in the report of the epoch.
  public let startLoss: Double?
  /// Mean loss of the epoch so far.
  public let loss: Double
  public let samplesPerSecond: Double
  /// Estimated seconds to the end of the last epoch.
  public let secondsLeft: Double
}

/// Why training ended without its result.
public enum TrainingError: Error, Sendable {
  /// The loss was not finite. `lastGood` has the parameters of the last epoch that ended well.
  case diverged(epoch: Int, batch: Int, layer: String, lastGood: Model)
  /// The caller asked to stop. `soFar` has the best parameters yet.
  case interrupted(epoch: Int, soFar: Model)
}
