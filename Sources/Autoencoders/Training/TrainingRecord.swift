/// Says how a model came about: the options and the outcome, for the model file and `info`. It has no times, so that
/// two runs of the same command leave the same record.
public struct TrainingRecord: Sendable, Codable, Equatable {
  public var data: String
  public var samples: Int
  public var options: TrainingOptions
  /// The number of epochs that were run.
  public var epochs: Int
  /// The epoch whose parameters the model holds.
  public var bestEpoch: Int
  public var trainLoss: Double?
  public var validationLoss: Double?
}

extension TrainingRecord: ModelFact {
  package static let key = "training"
}

extension Model {
  /// The record of the model's training; nil where it was not trained.
  public var training: TrainingRecord? { knowledge[TrainingRecord.self] }

  /// Whether the model starts as principal components and has not been trained.
  var startsAsComponents: Bool { blueprint.start == .pca && training == nil }
}
