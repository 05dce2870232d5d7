/// Says how a model came about: the options and the outcome, for the model file and `info`. It has no times, so that
/// two runs of the same command leave the same record.
public struct TrainingRecord: Sendable, Codable, Equatable {
  public var data: String
  public var samples: Int
  public var options: TrainingOptions
  /// The number of epochs that were run, those before changes of the run included.
  public var epochs: Int
  /// The epoch whose parameters the model holds.
  public var bestEpoch: Int
  public var trainLoss: Double?
  public var validationLoss: Double?
  /// The training before: of the weights that the run began with, and of the run before its data or options were
  /// changed. It is nil where there is none.
  public var earlier: [EarlierTraining]?
}

extension TrainingRecord: ModelFact {
  package static let key = "training"

  package func problem(in model: Model) -> String? {
    do throws(InvalidArgument) { try options.validate() } catch { return "the record of training: \(error)" }
    let isPossible =
      samples >= 0 && TrainingOptions.possibleEpochs ~= epochs && 0...epochs ~= bestEpoch
      && earlier?.allSatisfy(\.isPossible) ?? true
    return isPossible ? nil : "the record of training: its counters are impossible"
  }
}

extension Model {
  /// The record of the model's training; nil where it was not trained.
  public var training: TrainingRecord? { knowledge[TrainingRecord.self] }

  /// Whether the model starts as principal components and has not been trained.
  var startsAsComponents: Bool { blueprint.start == .pca && training == nil }
}
