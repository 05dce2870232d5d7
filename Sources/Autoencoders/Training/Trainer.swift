import Datasets
import Files
import Linalg

/// Trains models with shuffled batches, validation and early stopping. It reports by callbacks and prints nothing.
///
/// The result depends on model, data and options alone; it is the same bits for any number of threads on one type of
/// CPU.
public struct Trainer: Sendable {
  public let options: TrainingOptions
  public let threads: Int

  public init(_ options: TrainingOptions = TrainingOptions(), threads: Int = availableProcessors) {
    self.options = options
    self.threads = threads
  }

  /// Trains `model` on `data` and returns it with the parameters of the best epoch. That is the epoch with the least
  /// loss on `validation` where there is one, otherwise the last epoch.
  ///
  /// - `resuming`: the state in which an earlier run with the same arguments ended; nil to begin with the model's
  ///   parameters at epoch 0.
  /// - `onEpoch`: called after every epoch with its numbers and the state to resume from.
  /// - `onProgress`: called after every batch; false ends training with `TrainingError.interrupted`.
  /// - Throws: `InvalidArgument` for options that cannot be meant, `FileError` for data that do not fit the model,
  ///   `TrainingError` where the loss is not finite or training is interrupted.
  public func train(
    _ model: Model, on data: Dataset, validation: Dataset? = nil, resuming: TrainingState? = nil,
    onProgress: (TrainingProgress) -> Bool = { _ in true },
    onEpoch: (EpochReport, TrainingState) throws -> Void = { _, _ in }
  ) throws -> Model {
    try options.validate(for: model)
    try model.check(data)
    if let validation { try model.check(validation) }
    let state = resuming ?? TrainingState(parameters: model.parameters)
    let session = Session(self, model, data, validation, state)
    return try BLASLibrary.withThreads(1) {
      while session.goesOn {
        let report = try session.runEpoch(onProgress)
        try onEpoch(report, session.state)
      }
      var result = session.result
      try result.rememberErrors(on: data, threads: threads)
      try result.rememberCodes(on: data, threads: threads)
      return result
    }
  }
}

extension Duration {
  package var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
