import Autoencoders
import Datasets

extension Trainer {
  /// Trains a model with progress on standard error, for commands that train on the way to something else. Errors name
  /// what was trained by `subject`. Where `onEpoch` is given it gets the report of each epoch, for which no line is
  /// written then.
  func trained(
    _ model: Model, on data: Dataset, as subject: String, onEpoch: ((EpochReport) -> Void)? = nil
  ) throws -> Model {
    let progress = ProgressLine(epochs: options.epochs)
    Interrupt.handle()
    defer { progress.end() }
    do {
      let trained = try train(
        model, on: data,
        onProgress: { step in
          progress.update(step)
          return true
        }, isCancelled: { Interrupt.isRequested },
        onEpoch: { report, _ in
          if let onEpoch { onEpoch(report) } else { progress.finish(report) }
        })
      Interrupt.handleNoMore()
      return trained
    } catch TrainingError.interrupted {
      throw ProgramError(Interrupt.status, "interrupted while training \(subject)")
    } catch TrainingError.diverged(let epoch, let cause, _) {
      throw ProgramError(.badData, "\(subject): \(cause.text(epoch: epoch)); try a lower --learning-rate")
    }
  }
}
