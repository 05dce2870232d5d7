import Datasets
import Linalg

/// Training by a step on every batch of samples; each epoch has its own order of samples.
final class Minibatches: TrainingMethod {
  private let run: TrainingRun
  private let options: TrainingOptions
  private let data: Dataset
  private let schedule: LearningRateSchedule
  private let batches: Int
  private var terms: LossTerms

  init(_ run: TrainingRun, _ options: TrainingOptions, _ data: Dataset) {
    self.run = run
    self.options = options
    self.data = data
    batches = options.batches(of: data.count)
    schedule = LearningRateSchedule(
      options.schedule, rate: options.rate, warmup: options.warmup, steps: batches * options.epochs)
    terms = run.propagation.lossTerms
  }

  var remembered: [Float] { run.optimizerState }

  func runEpoch(_ epoch: Int, step: inout Int, _ onBatch: (BatchReport) throws -> Void) throws -> EpochOutcome {
    let order = options.order(of: epoch, data.count)
    let noise = NoiseStream(seed: options.seed, epoch: epoch)
    terms.begin()
    var total = 0.0
    var rate = 0.0
    for batch in 0..<batches {
      let first = batch * options.batch
      let indices = order[first..<min(first + options.batch, data.count)]
      run.annealing = betaShare(at: step)
      let loss = run.loss(of: indices, in: data, noise: (noise, first), gradients: true)
      if !loss.isFinite { throw NonFiniteLoss(batch: batch + 1, rows: indices.count) }
      rate = schedule.rate(at: step)
      step += 1
      run.step(number: step, rate: rate, rows: indices.count)
      total += loss * Double(indices.count)
      terms.add(run.propagation, rows: indices.count)
      try onBatch(BatchReport(batch: batch + 1, total: total, seen: indices.endIndex))
    }
    return EpochOutcome(loss: total / Double(data.count), rate: rate, terms: terms)
  }

  /// Returns the factor in [0, 1] of β at a step.
  private func betaShare(at step: Int) -> Double {
    guard let warmup = options.betaWarmup, warmup > 0 else { return 1 }
    return min(1, Double(step) / (Double(warmup) * Double(batches)))
  }
}
