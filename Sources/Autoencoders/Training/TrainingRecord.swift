/// How a model came about: the options and the outcome, for the model file and `info`. Nothing in it differs between two
/// runs of the same command: no times.
public struct TrainingRecord: Sendable, Codable, Equatable {
  public var data: String
  public var samples: Int
  public var options: TrainingOptions
  /// Epochs that were run.
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
  /// How it was trained, where it was.
  public var training: TrainingRecord? { knowledge[TrainingRecord.self] }

  /// Whether it starts as principal components and has not been trained.
  var startsAsComponents: Bool { blueprint.start == .pca && training == nil }
}
