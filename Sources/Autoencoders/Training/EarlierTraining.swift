/// A stretch of training that came before the one that a model's record is of.
public struct EarlierTraining: Sendable, Codable, Equatable {
  /// The name of the data.
  public var data: String
  public var samples: Int
  /// The number of epochs of this stretch.
  public var epochs: Int
  /// What is different from then on, as in "learning rate 0.001, now 0.01"; empty where the run had ended and another
  /// began with its weights.
  public var changes: [String]

  public init(data: String, samples: Int, epochs: Int, changes: [String] = []) {
    self.data = data
    self.samples = samples
    self.epochs = epochs
    self.changes = changes
  }

  var isPossible: Bool { samples >= 0 && TrainingOptions.possibleEpochs ~= epochs }
}

extension TrainingRecord {
  /// This record as a stretch before another run, behind those before it.
  var asEarlier: [EarlierTraining] {
    let before = earlier ?? []
    return before + [EarlierTraining(data: data, samples: samples, epochs: epochs - before.epochsOfThisRun)]
  }
}

extension [EarlierTraining] {
  /// The epochs of the run that goes on, before its data or options were changed.
  var epochsOfThisRun: Int { reversed().prefix { !$0.changes.isEmpty }.reduce(0) { $0 + $1.epochs } }
}
