/// The numbers of one epoch.
public struct EpochReport: Sendable, Equatable {
  /// The number of the epoch, from 1.
  public let epoch: Int
  /// The seconds of training so far, without validation.
  public let seconds: Double
  /// The number of samples per second of this epoch's training time.
  public let samplesPerSecond: Double
  /// The learning rate at the epoch's last step, or the length of the step for L-BFGS.
  public let learningRate: Double
  /// The mean loss (sum over features) of the epoch's samples, each at the step that saw it; for L-BFGS the loss after
  /// its step.
  public let trainLoss: Double
  /// The mean loss of the training samples before the first step. Only the first epoch has it, where the model starts
  /// as principal components.
  public let startLoss: Double?
  /// The mean loss of the validation samples after the epoch; nil without validation.
  public let validationLoss: Double?
  /// Σ (x̂ − x)² of the validation samples, mean over samples, for models without draws.
  public let validationSquaredError: Double?
  /// The parts of the training loss that belong to its terms, by name.
  public let terms: [Term]
  /// The least cross-entropy that the training data allow, which is their own entropy; nil for other losses.
  public let trainFloor: Double?
  public let validationFloor: Double?
  /// Whether this is the best epoch so far: by validation loss if there is one, otherwise every epoch is.
  public let isBest: Bool
  /// The factorisations in this epoch's steps that failed and were repeated with a larger shift.
  public let trouble: [OptimizerTrouble]
  /// The number of times that L-BFGS computed the loss of all samples; nil for other optimizers.
  public let evaluations: Int?
  /// Whether L-BFGS found no step that lowers the loss, so that training ends.
  public let hasConverged: Bool

  public struct Term: Sendable, Equatable {
    public let name: String
    public let value: Double
    /// The term in bits per sample, without its weight; nil for a term that is none of bits.
    public var bits: Double?
  }
}

/// The place of training within an epoch.
public struct TrainingProgress: Sendable {
  public let epoch: Int
  public let epochs: Int
  /// The number of batches of this epoch that are done; `batches` is the number of all.
  public let batch: Int
  public let batches: Int
  /// The `startLoss` of the epoch's report.
  public let startLoss: Double?
  /// The mean loss of the epoch so far.
  public let loss: Double
  public let samplesPerSecond: Double
  /// The estimated seconds to the end of the last epoch.
  public let secondsLeft: Double
}
