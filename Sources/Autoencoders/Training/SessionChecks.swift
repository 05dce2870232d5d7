import Linalg

/// What is looked at before a state counts as one to go on from, so that no checkpoint and no model holds numbers that
/// lead nowhere.
extension Session {
  /// A loss so many times as large counts as diverged.
  static let divergence = 1000.0

  /// Returns θ and the optimizer's memory.
  /// - Throws: `TrainingError.diverged` where one of their numbers is not finite, or the last step made its own
  ///   samples' loss a thousand times as large.
  func checkedNumbers(step: Int) throws(TrainingError) -> (parameters: [Float], memory: [Float]) {
    let parameters = run.propagation.parameters.values
    if !areFinite(parameters) {
      let tensor = model.network.layout.parameters.first { tensor in
        !areFinite(Array(parameters[tensor.offset..<tensor.offset + tensor.count]))
      }
      throw diverged(.parameters(tensor: tensor?.name ?? ""))
    }
    let memory = method.remembered
    if !areFinite(memory) { throw diverged(.optimizerState) }
    if method.lastStepFailed(factor: Self.divergence) { throw diverged(.step(step)) }
    return (parameters, memory)
  }

  /// Compares the loss of an epoch with that of the first one; in the first epoch, with that of the same samples before
  /// the first step.
  /// - Throws: `TrainingError.diverged` where it is a thousand times as large.
  func checkTrend(_ outcome: EpochOutcome) throws {
    func isTooLarge(_ first: Double) -> Bool { !(outcome.loss <= Self.divergence * model.network.judgedLoss(first)) }
    if let first = state.firstLoss {
      if isTooLarge(first) { throw diverged(.trainLoss(outcome.loss, first: first)) }
    } else if state.epoch == 0, let batch = outcome.firstBatchLoss, isTooLarge(batch) {
      // The first batch may have been of easy samples: all samples decide, with the parameters of the start.
      let own = run.propagation.parameters.values
      run.propagation.parameters.values = state.bestParameters
      defer { run.propagation.parameters.values = own }
      let first = try errors(on: data).loss
      if isTooLarge(first) { throw diverged(.trainLoss(outcome.loss, first: first)) }
    }
  }

  /// Returns the error of a run that has diverged, with the parameters of the last state that was checked.
  func diverged(_ cause: DivergenceCause) -> TrainingError {
    var lastGood = result
    let record = lastGood.training
    lastGood.parameters = state.parameters
    if let record { lastGood.knowledge.remember(record) }
    return .diverged(epoch: state.epoch + 1, cause: cause, lastGood: lastGood)
  }
}
