/// Runs that go on with other options or data than they began with.
extension TrainingState {
  /// The reason why a run with `options` has nothing left to train; nil where it has.
  public func end(_ options: TrainingOptions) -> String? {
    if epoch >= options.epochs { return options.epochs == 1 ? "its epoch is done" : "all \(epoch) epochs are done" }
    if let patience = options.patience, epoch - bestEpoch >= patience {
      return "\(epoch - bestEpoch) \(epoch - bestEpoch == 1 ? "epoch" : "epochs") without a better validation loss"
    }
    if options.optimizer.isFullBatch && optimizerState.last == 1 { return "\(options.optimizer.name) has converged" }
    return nil
  }

  /// Makes this the state of a run that goes on with what `changes` say, and remembers the training so far.
  ///
  /// - `old`, `new`: the options before and from now on.
  /// - `data`, `samples`: the name and number of the samples so far; `now` is their number from now on.
  /// - `otherData`: whether the samples are others. `otherValidation`: whether losses are measured on others.
  ///
  /// An epoch that was begun begins anew where its batches would be others, with the parameters that it has led to.
  public mutating func change(
    from old: TrainingOptions, to new: TrainingOptions, data: String, samples: Int, now: Int, otherData: Bool,
    otherValidation: Bool, changes: [String]
  ) {
    if step > 0 {
      let own = epoch - earlier.epochsOfThisRun
      earlier.append(EarlierTraining(data: data, samples: samples, epochs: own, changes: changes))
    }
    if otherData || old.batch != new.batch || old.shuffle != new.shuffle || old.seed != new.seed { partial = nil }
    let (before, after) = (old.batches(of: samples), new.batches(of: now))
    // The learning rate goes by steps, so those done count as whole epochs of the new length.
    if !new.optimizer.isFullBatch, partial == nil, before != after { step = epoch * after }
    if otherData { firstLoss = nil }
    if otherValidation {
      bestLoss = .infinity
      bestEpoch = epoch
    }
  }
}
