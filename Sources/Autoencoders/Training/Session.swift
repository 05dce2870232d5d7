import Datasets
import Linalg

/// One call of `Trainer.train`: it trains epoch by epoch, validates, reports, and keeps the best parameters.
final class Session {
  private let options: TrainingOptions
  private let model: Model
  private let data: Dataset
  private let validation: Dataset?
  private let run: TrainingRun
  private let method: any TrainingMethod
  private let batches: Int
  private let trainFloor: Double?
  private let validationFloor: Double?
  private(set) var state: TrainingState
  /// The loss before the first step, in the first epoch of a model that starts as principal components.
  private var startLoss: Double?

  /// Says that the caller asked to stop.
  private struct StopRequest: Error {}

  init(_ trainer: Trainer, _ model: Model, _ data: Dataset, _ validation: Dataset?, _ state: TrainingState) {
    options = trainer.options
    self.model = model
    self.data = data
    self.validation = validation
    self.state = state
    run = TrainingRun(
      model, options, samples: max(data.count, validation?.count ?? 0), state: state,
      pool: WorkerPool(threads: trainer.threads))
    batches = options.batches(of: data.count)
    method =
      switch options.optimizer.method {
      case .minibatches: Minibatches(run, options, data)
      case .fullBatch(let pairs): FullBatch(run, options, data, pairs: pairs, remembered: state.optimizerState)
      }
    trainFloor = model.entropyFloor(of: data)
    validationFloor = validation.flatMap { model.entropyFloor(of: $0) }
  }

  /// Whether another epoch is to be run.
  var goesOn: Bool {
    let isOutOfPatience = options.patience.map { state.epoch - state.bestEpoch >= $0 } ?? false
    return state.epoch < options.epochs && !isOutOfPatience && !method.hasConverged
  }

  /// The model with the best parameters so far.
  var result: Model {
    var result = model
    result.parameters = state.bestParameters
    result.knowledge.remember(
      TrainingRecord(
        data: data.source, samples: data.count, options: options, epochs: state.epoch, bestEpoch: state.bestEpoch,
        trainLoss: state.trainLoss.isFinite ? state.trainLoss : nil,
        validationLoss: validation == nil || !state.bestLoss.isFinite ? nil : state.bestLoss))
    return result
  }

  func runEpoch(_ onProgress: (TrainingProgress) -> Bool) throws -> EpochReport {
    let epoch = state.epoch + 1
    startLoss = epoch == 1 && model.startsAsComponents ? errors(on: data).loss : nil
    let clock = ContinuousClock()
    let begin = clock.now
    let outcome: EpochOutcome
    do {
      outcome = try method.runEpoch(epoch, step: &state.step) { batch in
        if !onProgress(progress(epoch, batch, seconds: (clock.now - begin).inSeconds)) { throw StopRequest() }
      }
    } catch is StopRequest {
      throw TrainingError.interrupted(epoch: epoch, soFar: result)
    } catch let error as NonFiniteLoss {
      throw diverged(epoch: epoch, batch: error.batch, rows: error.rows)
    }
    let seconds = (clock.now - begin).inSeconds
    state.epoch = epoch
    state.seconds += seconds
    state.trainLoss = outcome.loss
    return finishEpoch(outcome, seconds: seconds)
  }

  private func finishEpoch(_ outcome: EpochOutcome, seconds: Double) -> EpochReport {
    state.parameters = run.propagation.parameters.values
    state.optimizerState = method.remembered
    let (held, parameters) = run.withAverage { parameters in (validation.map { errors(on: $0) }, parameters) }
    let validationLoss = held?.loss
    let isBest = validationLoss.map { $0 < state.bestLoss } ?? true
    if isBest {
      state.bestLoss = validationLoss ?? state.trainLoss
      state.bestEpoch = state.epoch
      state.bestParameters = parameters
    }
    return EpochReport(
      epoch: state.epoch, seconds: state.seconds,
      samplesPerSecond: Double(data.count * (outcome.evaluations ?? 1)) / max(seconds, 1e-9),
      learningRate: outcome.rate, trainLoss: state.trainLoss, startLoss: startLoss, validationLoss: validationLoss,
      validationSquaredError: held?.squaredError,
      terms: outcome.terms.means(over: data.count).map { term in
        EpochReport.Term(name: term.name.name, value: term.value, bits: term.name.perBit.map { term.value / $0 })
      }, trainFloor: trainFloor, validationFloor: validationFloor, isBest: isBest, trouble: run.takeTrouble(),
      evaluations: outcome.evaluations, hasConverged: method.hasConverged)
  }

  /// Returns the mean loss and squared error over `data`, batch by batch, without noise. The loss of a variational
  /// model is an expectation, so it has its draws, the same every time, and the noise on the input where there is some;
  /// it then comes without a squared error.
  private func errors(on data: Dataset) -> (loss: Double, squaredError: Double?) {
    let order = (0..<Int32(data.count)).map { $0 }
    let noise: NoiseStream? = model.network.isVariational ? .evaluation(seed: options.seed) : nil
    run.annealing = 1
    var (total, squared) = (0.0, 0.0)
    for start in stride(from: 0, to: data.count, by: options.batch) {
      let indices = order[start..<min(start + options.batch, data.count)]
      total +=
        run.loss(of: indices, in: data, noise: noise.map { ($0, start) }, gradients: false) * Double(indices.count)
      if noise == nil { squared += run.squaredError(rows: indices.count) }
    }
    return (total / Double(data.count), noise == nil ? squared / Double(data.count) : nil)
  }

  private func progress(_ epoch: Int, _ batch: BatchReport, seconds: Double) -> TrainingProgress {
    let speed = Double(batch.passes * data.count + batch.seen) / max(seconds, 1e-9)
    let left = Double((options.epochs - epoch) * data.count + data.count - batch.seen) / speed
    return TrainingProgress(
      epoch: epoch, epochs: options.epochs, batch: batch.batch, batches: batches, startLoss: startLoss,
      loss: batch.total / Double(batch.seen), samplesPerSecond: speed, secondsLeft: left)
  }

  private func diverged(epoch: Int, batch: Int, rows: Int) -> TrainingError {
    // Where every output is finite, the loss itself was not: the last layer's output is too large for it.
    let layer = run.propagation.firstNonFiniteLayer(rows: rows) ?? model.network.layers.count - 1
    var lastGood = result
    let record = lastGood.training
    lastGood.parameters = state.parameters
    if let record { lastGood.knowledge.remember(record) }
    return .diverged(
      epoch: epoch, batch: batch, layer: model.network.name(ofLayer: layer), lastGood: lastGood)
  }
}
