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
  /// The part of the present epoch that is done, without what `terms` has.
  private var done = PartialEpoch(batches: 0, loss: 0, firstBatchLoss: 0, learningRate: 0, terms: [])
  /// The samples that the last step saw, with the noise that they had and their mean loss before the step.
  private var last: (indices: ArraySlice<Int32>, noise: NoiseStream, first: Int, loss: Double)?

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

  var partial: PartialEpoch? {
    var partial = done
    partial.terms = terms.totals
    return partial
  }

  func runEpoch(
    _ epoch: Int, from partial: PartialEpoch?, step: inout Int, _ onBatch: (BatchReport) throws -> Void
  ) throws -> EpochOutcome {
    let order = options.order(of: epoch, data.count)
    let noise = NoiseStream(seed: options.seed, epoch: epoch)
    done = partial ?? PartialEpoch(batches: 0, loss: 0, firstBatchLoss: 0, learningRate: 0, terms: [])
    terms.begin(from: done.terms)
    for batch in min(done.batches, batches)..<batches {
      let first = batch * options.batch
      let indices = order[first..<min(first + options.batch, data.count)]
      run.annealing = betaShare(at: step)
      let loss = run.loss(of: indices, in: data, noise: (noise, first), gradients: true)
      if !loss.isFinite { throw NonFiniteLoss(batch: batch + 1, rows: indices.count) }
      done.learningRate = schedule.rate(at: step)
      step += 1
      run.step(number: step, rate: done.learningRate, rows: indices.count)
      done.loss += loss * Double(indices.count)
      terms.add(run.propagation, rows: indices.count)
      if batch == 0 { done.firstBatchLoss = loss }
      done.batches = batch + 1
      last = (indices, noise, first, loss)
      try onBatch(BatchReport(batch: batch + 1, total: done.loss, seen: indices.endIndex, step: step))
    }
    return EpochOutcome(
      loss: done.loss / Double(data.count), rate: done.learningRate, terms: terms, firstBatchLoss: done.firstBatchLoss)
  }

  /// Up to 64 samples of the last batch are looked at, with the noise that they had.
  func lastStepFailed(factor: Double) -> Bool {
    guard let last else { return false }
    let some = last.indices.prefix(64)
    let after = run.loss(of: some, in: data, noise: (last.noise, last.first), gradients: false) * Double(some.count)
    let before = last.loss * Double(last.indices.count)
    return !(after <= factor * run.propagation.network.judgedLoss(before, samples: last.indices.count))
  }

  /// Returns the factor in [0, 1] of β at a step.
  private func betaShare(at step: Int) -> Double {
    guard let warmup = options.betaWarmup, warmup > 0 else { return 1 }
    return min(1, Double(step) / (Double(warmup) * Double(batches)))
  }
}

extension Autoencoder {
  /// Returns the size of the loss `loss` of so many samples, of which a thousandfold is divergence. A loss that passes
  /// through 0, as a likelihood with its constant may, counts as one nat a feature; a loss of 0 as 10⁻⁹ a feature.
  func judgedLoss(_ loss: Double, samples: Int = 1) -> Double {
    max(abs(loss), (self.loss.isLikelihood ? 1 : 1e-9) * Double(inputSize * samples))
  }
}
