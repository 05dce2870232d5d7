/// The reasons why training ended without its result.
public enum TrainingError: Error, Sendable {
  /// The run does not lead anywhere any more. `lastGood` has the parameters of the last state that was checked: of the
  /// last epoch that ended well, or of a checkpoint within the present one.
  case diverged(epoch: Int, cause: DivergenceCause, lastGood: Model)
  /// The caller asked to stop. `soFar` has the best parameters yet, `state` is what the run can go on from: the state
  /// after the last batch, or with L-BFGS after the last epoch.
  case interrupted(epoch: Int, soFar: Model, state: TrainingState)
}

/// The sign by which a run was found to have diverged.
public enum DivergenceCause: Sendable, Equatable {
  /// The loss of a batch is not finite; `layer` is the first layer whose numbers are not.
  case batchLoss(batch: Int, layer: String)
  /// A tensor of θ holds a number that is not finite.
  case parameters(tensor: String)
  /// The optimizer's memory holds a number that is not finite.
  case optimizerState
  /// The last step made the loss of its own samples infinite or more than a thousand times as large.
  case step(Int)
  /// The training loss is more than a thousand times `first`, that of the first epoch or before the first step.
  case trainLoss(Double, first: Double)
  /// The validation loss is not finite.
  case validationLoss

  /// Returns what was found in epoch `epoch`.
  public func text(epoch: Int) -> String {
    switch self {
    case .batchLoss(let batch, let layer):
      "the loss is not finite in epoch \(epoch), batch \(batch), first seen in \(layer)"
    case .parameters(let tensor): "the weights are no longer finite in epoch \(epoch), first seen in '\(tensor)'"
    case .optimizerState: "the optimizer's memory is no longer finite in epoch \(epoch)"
    case .step(let step):
      "step \(step), in epoch \(epoch), made the loss of its own samples more than 1,000 times as large"
    case .trainLoss(let loss, let first):
      "the training loss of epoch \(epoch) is \(Float(loss)), more than 1,000 times what it was first, \(Float(first))"
    case .validationLoss: "the validation loss is not finite in epoch \(epoch)"
    }
  }
}
