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
  /// - `checkpoints`: how often `onCheckpoint` is called within an epoch; nil for never. L-BFGS, whose epoch is one
  ///   step on all samples, has no state within an epoch.
  /// - `onProgress`: called after every batch; false ends training with `TrainingError.interrupted`.
  /// - `isCancelled`: asked after every batch, also in validation and in the measurements behind the last epoch; true
  ///   ends training with `TrainingError.interrupted`.
  /// - `onCheckpoint`: called within an epoch with the state to resume from.
  /// - `onEpoch`: called after every epoch with its numbers and the state to resume from.
  /// - Throws: `InvalidArgument` for options that cannot be meant and for a state of another run, `FileError` for data
  ///   that do not fit the model, `TrainingError` where training diverges or is interrupted, `MemoryError` where
  ///   training needs more memory than there may be.
  public func train(
    _ model: Model, on data: Dataset, validation: Dataset? = nil, resuming: TrainingState? = nil,
    checkpoints: CheckpointInterval? = nil,
    onProgress: (TrainingProgress) -> Bool = { _ in true },
    isCancelled: () -> Bool = { false },
    onCheckpoint: (TrainingState) throws -> Void = { _ in },
    onEpoch: (EpochReport, TrainingState) throws -> Void = { _, _ in }
  ) throws -> Model {
    try options.validate(for: model)
    try checkpoints?.validate()
    try model.check(data)
    if let validation { try model.check(validation) }
    try requireMemory(model, samples: max(data.count, validation?.count ?? 0))
    var state = resuming ?? TrainingState(parameters: model.parameters)
    if resuming == nil { state.earlier = model.training?.asEarlier ?? [] }
    try state.validate(for: model, options)
    return try withoutActuallyEscaping(onProgress) { onProgress in
      try withoutActuallyEscaping(isCancelled) { isCancelled in
        try withoutActuallyEscaping(onCheckpoint) { onCheckpoint in
          let hooks = Hooks(
            interval: checkpoints, onProgress: onProgress, isCancelled: isCancelled, onCheckpoint: onCheckpoint)
          return try run(
            Session(self, model, data, validation, state, hooks), on: data, validation, onEpoch)
        }
      }
    }
  }

  /// What the session asks and tells the caller.
  struct Hooks {
    let interval: CheckpointInterval?
    let onProgress: (TrainingProgress) -> Bool
    let isCancelled: () -> Bool
    let onCheckpoint: (TrainingState) throws -> Void
  }

  private func run(
    _ session: Session, on data: Dataset, _ validation: Dataset?,
    _ onEpoch: (EpochReport, TrainingState) throws -> Void
  ) throws -> Model {
    try BLASLibrary.withThreads(1) {
      while session.goesOn {
        let report = try session.runEpoch()
        try onEpoch(report, session.state)
      }
      var result = session.result
      if session.hooks.isCancelled() { throw session.interrupted() }
      try result.rememberErrors(on: validation ?? data, isHeldOut: validation != nil, threads: threads)
      if session.hooks.isCancelled() { throw session.interrupted() }
      try result.rememberCodes(on: data, threads: threads) { !session.hooks.isCancelled() }
      if session.hooks.isCancelled() { throw session.interrupted() }
      return result
    }
  }
}

extension Duration {
  package var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
