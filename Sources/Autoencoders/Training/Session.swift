import Datasets
import Linalg

/// One call of `Trainer.train`: it trains epoch by epoch, validates, reports, and keeps the best parameters.
final class Session {
  let options: TrainingOptions
  let model: Model
  let data: Dataset
  private let validation: Dataset?
  let run: TrainingRun
  let method: any TrainingMethod
  private let batches: Int
  private let trainFloor: Double?
  private let validationFloor: Double?
  let hooks: Trainer.Hooks
  private let clock = ContinuousClock()
  private var lastCheckpoint: ContinuousClock.Instant
  /// The state at the end of the last epoch, or at the last checkpoint within the present one. Its numbers are finite.
  var state: TrainingState
  /// The loss before the first step, in the first epoch of a model that starts as principal components.
  private var startLoss: Double?
  /// The factorisations that failed in the present epoch.
  private var trouble: [OptimizerTrouble] = []

  /// Says that the caller asked to stop.
  private struct StopRequest: Error {}

  init(
    _ trainer: Trainer, _ model: Model, _ data: Dataset, _ validation: Dataset?, _ state: TrainingState,
    _ hooks: Trainer.Hooks
  ) {
    options = trainer.options
    self.model = model
    self.data = data
    self.validation = validation
    self.state = state
    self.hooks = hooks
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
    lastCheckpoint = clock.now
  }

  /// Whether another epoch is to be run.
  var goesOn: Bool { state.end(options) == nil }

  /// The model with the best parameters so far.
  var result: Model {
    var result = model
    result.parameters = state.bestParameters
    result.knowledge.remember(
      TrainingRecord(
        data: data.source, samples: data.count, options: options, epochs: state.epoch, bestEpoch: state.bestEpoch,
        trainLoss: state.trainLoss.isFinite ? state.trainLoss : nil,
        validationLoss: validation == nil || !state.bestLoss.isFinite ? nil : state.bestLoss,
        earlier: state.earlier.isEmpty ? nil : state.earlier))
    return result
  }

  func runEpoch() throws -> EpochReport {
    let epoch = state.epoch + 1
    let partial = state.partial
    trouble = partial?.trouble ?? []
    var step = state.step
    var begin = clock.now
    var end: ContinuousClock.Instant?
    /// The seconds of this epoch's training, without validation.
    func seconds() -> Double { (partial?.seconds ?? 0) + ((end ?? clock.now) - begin).inSeconds }
    do {
      startLoss = try partial?.startLoss ?? (epoch == 1 && model.startsAsComponents ? errors(on: data).loss : nil)
      begin = clock.now
      let outcome = try method.runEpoch(epoch, from: partial, step: &step) { batch in
        let seconds = seconds()
        if !hooks.onProgress(progress(epoch, batch, seconds: seconds)) || hooks.isCancelled() { throw StopRequest() }
        if isDue(batch) { try checkpoint(step: batch.step, seconds: seconds) }
      }
      end = clock.now
      return try finishEpoch(outcome, step: step, seconds: seconds())
    } catch is StopRequest {
      // Where the numbers of this moment are not fit to go on from, the state stays the one before.
      if let now = try? snapshot(step: step, seconds: seconds()) { state = now }
      throw interrupted()
    } catch let error as NonFiniteLoss {
      // Where every output is finite, the loss itself was not: the last layer's output is too large for it.
      let layer = run.propagation.firstNonFiniteLayer(rows: error.rows) ?? model.network.layers.count - 1
      throw diverged(.batchLoss(batch: error.batch, layer: model.network.name(ofLayer: layer)))
    }
  }

  func interrupted() -> TrainingError {
    .interrupted(epoch: min(state.epoch + 1, options.epochs), soFar: result, state: state)
  }

  private func finishEpoch(_ outcome: EpochOutcome, step: Int, seconds: Double) throws -> EpochReport {
    let numbers = try checkedNumbers(step: step)
    try checkTrend(outcome)
    let (held, parameters) = try run.withAverage { parameters in
      (try validation.map { try errors(on: $0) }, parameters)
    }
    let validationLoss = held?.loss
    if validationLoss?.isFinite == false { throw diverged(.validationLoss) }
    trouble = OptimizerTrouble.both(trouble, run.takeTrouble())
    state.epoch += 1
    state.step = step
    state.seconds += seconds
    state.trainLoss = outcome.loss
    if state.firstLoss == nil { state.firstLoss = outcome.loss }
    state.partial = nil
    (state.parameters, state.optimizerState) = (numbers.parameters, numbers.memory)
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
      }, trainFloor: trainFloor, validationFloor: validationFloor, isBest: isBest, trouble: trouble,
      evaluations: outcome.evaluations, hasConverged: method.hasConverged)
  }

  // MARK: - Checkpoints within an epoch

  /// Returns whether the state is to be handed out after a batch; after an epoch's last batch the epoch's own state
  /// follows.
  private func isDue(_ batch: BatchReport) -> Bool {
    guard batch.batch < batches, let interval = hooks.interval else { return false }
    switch interval {
    case .steps(let count): return batch.step % count == 0
    case .seconds(let seconds): return (clock.now - lastCheckpoint).inSeconds >= seconds
    }
  }

  private func checkpoint(step: Int, seconds: Double) throws {
    guard let now = try snapshot(step: step, seconds: seconds) else { return }
    state = now
    try hooks.onCheckpoint(state)
    lastCheckpoint = clock.now
  }

  /// Returns the state after the last batch; nil where the method has none within an epoch.
  /// - Throws: `TrainingError` where its numbers are not fit to go on from.
  private func snapshot(step: Int, seconds: Double) throws -> TrainingState? {
    guard var partial = method.partial else { return nil }
    var now = state
    // Before the first batch nothing has changed.
    if partial.batches == 0 || step == state.step { return now }
    let numbers = try checkedNumbers(step: step)
    trouble = OptimizerTrouble.both(trouble, run.takeTrouble())
    partial.seconds = seconds
    partial.startLoss = startLoss
    partial.trouble = trouble
    now.step = step
    now.partial = partial
    (now.parameters, now.optimizerState) = (numbers.parameters, numbers.memory)
    return now
  }

  // MARK: - Losses

  /// Returns the mean loss and squared error over `data`, batch by batch, without noise. The loss of a variational
  /// model is an expectation, so it has its draws, the same every time, and the noise on the input where there is some;
  /// it then comes without a squared error.
  func errors(on data: Dataset) throws -> (loss: Double, squaredError: Double?) {
    let order = (0..<Int32(data.count)).map { $0 }
    let noise: NoiseStream? = model.network.isVariational ? .evaluation(seed: options.seed) : nil
    run.annealing = 1
    var (total, squared) = (0.0, 0.0)
    for start in stride(from: 0, to: data.count, by: options.batch) {
      if hooks.isCancelled() { throw StopRequest() }
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
}
