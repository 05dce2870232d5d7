import Datasets
import Linalg

/// Trains models: shuffled batches, validation, early stopping, reports by callback. Prints nothing.
///
/// The result depends on model, data and options alone: the same bits for any number of threads on one type of CPU.
public struct Trainer: Sendable {
  public let options: TrainingOptions
  public let threads: Int

  public init(_ options: TrainingOptions = TrainingOptions(), threads: Int = availableProcessors) {
    self.options = options
    self.threads = threads
  }

  /// Trains `model` on `data` and returns it with the parameters of the best epoch: by the loss on `validation` where
  /// there is one, otherwise the last.
  ///
  /// - `resuming`: where an earlier run with the same arguments stood; nil: the model's parameters, epoch 0.
  /// - `onEpoch`: called after every epoch with its numbers and the state to resume from.
  /// - `onProgress`: called after every batch; false ends training with `TrainingError.interrupted`.
  /// - Throws: `InvalidArgument` for options that cannot be meant, `FileError` for data that do not fit the model,
  ///   `TrainingError`.
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
      while session.state.epoch < options.epochs && !session.isOutOfPatience && !session.hasConverged {
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

/// One call of `train`.
private final class Session {
  let options: TrainingOptions
  let model: Model
  let data: Dataset
  let validation: Dataset?
  let run: TrainingRun
  let schedule: LearningRateSchedule
  let batches: Int
  let trainFloor: Double?
  let validationFloor: Double?
  var state: TrainingState
  private var terms: LossTerms
  /// Only in the first epoch of a model that starts as principal components.
  private var startLoss: Double?
  /// Where an epoch is one step on all samples.
  private var fullBatch: FullBatchRun?

  init(_ trainer: Trainer, _ model: Model, _ data: Dataset, _ validation: Dataset?, _ state: TrainingState) {
    options = trainer.options
    self.model = model
    self.data = data
    self.validation = validation
    self.state = state
    let isFullBatch = options.optimizer.isFullBatch
    run = TrainingRun(
      model, options, samples: max(data.count, validation?.count ?? 0), state: state,
      remembers: !isFullBatch, pool: WorkerPool(threads: trainer.threads))
    terms = LossTerms(model.network)
    batches = (data.count + options.batch - 1) / options.batch
    schedule = LearningRateSchedule(
      options.schedule, rate: options.rate, warmup: options.warmup, steps: batches * options.epochs)
    trainFloor = model.entropyFloor(of: data)
    validationFloor = validation.flatMap { model.entropyFloor(of: $0) }
    if isFullBatch {
      fullBatch = FullBatchRun(run, options, data, order: order(of: 1), remembered: state.optimizerState)
    }
  }

  var hasConverged: Bool { fullBatch?.hasConverged ?? false }

  var isOutOfPatience: Bool {
    guard let patience = options.patience else { return false }
    return state.epoch - state.bestEpoch >= patience
  }

  /// The model with the best parameters so far.
  var result: Model {
    var result = model
    result.parameters = state.bestParameters
    // Those of other parameters.
    result.errorDistribution = nil
    result.codeDistribution = nil
    result.training = TrainingRecord(
      data: data.source, samples: data.count, options: options, epochs: state.epoch, bestEpoch: state.bestEpoch,
      trainLoss: state.trainLoss.isFinite ? state.trainLoss : nil,
      validationLoss: validation == nil || !state.bestLoss.isFinite ? nil : state.bestLoss, seconds: state.seconds)
    return result
  }

  func runEpoch(_ onProgress: (TrainingProgress) -> Bool) throws -> EpochReport {
    let epoch = state.epoch + 1
    startLoss = epoch == 1 && model.startsAsComponents ? errors(on: data).loss : nil
    if let fullBatch { return try runIteration(of: fullBatch, onProgress) }
    let order = order(of: epoch)
    let noise = NoiseStream(seed: options.seed, epoch: epoch)
    terms.begin()
    let clock = ContinuousClock()
    let begin = clock.now
    var total = 0.0
    var rate = 0.0
    for batch in 0..<batches {
      let indices = order[batch * options.batch..<min((batch + 1) * options.batch, data.count)]
      run.annealing = betaShare(at: state.step)
      let loss = run.loss(of: indices, in: data, noise: (noise, batch * options.batch), gradients: true)
      if !loss.isFinite { throw diverged(epoch: epoch, batch: batch + 1, rows: indices.count) }
      rate = schedule.rate(at: state.step)
      state.step += 1
      run.step(number: state.step, rate: rate, rows: indices.count)
      total += loss * Double(indices.count)
      terms.add(run.propagation, rows: indices.count)
      let seconds = (clock.now - begin).inSeconds
      let progress = progress(epoch, batch: batch + 1, total: total, seen: indices.endIndex, seconds: seconds)
      if !onProgress(progress) { throw TrainingError.interrupted(epoch: epoch, soFar: result) }
    }
    let seconds = (clock.now - begin).inSeconds
    state.epoch = epoch
    state.seconds += seconds
    state.trainLoss = total / Double(data.count)
    return finishEpoch(seconds: seconds, rate: rate)
  }

  /// An epoch of L-BFGS.
  private func runIteration(
    of fullBatch: FullBatchRun, _ onProgress: (TrainingProgress) -> Bool
  ) throws -> EpochReport {
    let epoch = state.epoch + 1
    let clock = ContinuousClock()
    let begin = clock.now
    do {
      let step = try fullBatch.iterate { batch, total, seen in
        let progress = progress(
          epoch, batch: batch, total: total, seen: seen, passes: fullBatch.evaluations - 1,
          seconds: (clock.now - begin).inSeconds)
        if !onProgress(progress) { throw TrainingError.interrupted(epoch: epoch, soFar: result) }
      }
      let seconds = (clock.now - begin).inSeconds
      state.epoch = epoch
      state.step += 1
      state.seconds += seconds
      state.trainLoss = step.loss
      terms = fullBatch.terms
      return finishEpoch(seconds: seconds, rate: step.length)
    } catch let error as FullBatchRun.NonFiniteLoss {
      throw diverged(epoch: epoch, batch: error.batch, rows: error.rows)
    }
  }

  private func finishEpoch(seconds: Double, rate: Double) -> EpochReport {
    run.save(to: &state)
    if let fullBatch { state.optimizerState = fullBatch.remembered }
    let evaluations = fullBatch?.evaluations
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
      samplesPerSecond: Double(data.count * (evaluations ?? 1)) / max(seconds, 1e-9),
      learningRate: rate, trainLoss: state.trainLoss, startLoss: startLoss, validationLoss: validationLoss,
      validationSquaredError: held?.squaredError, terms: terms.means(over: data.count), trainFloor: trainFloor,
      validationFloor: validationFloor, isBest: isBest, trouble: run.takeTrouble(), evaluations: evaluations,
      hasConverged: hasConverged)
  }

  private func order(of epoch: Int) -> [Int32] {
    if !options.shuffle { return (0..<Int32(data.count)).map { $0 } }
    var random = RandomStream(seed: options.seed, purpose: .shuffle, epoch: epoch)
    return random.permutation(data.count)
  }

  /// What of β there is at a step.
  private func betaShare(at step: Int) -> Double {
    guard let warmup = options.betaWarmup, warmup > 0 else { return 1 }
    return min(1, Double(step) / (Double(warmup) * Double(batches)))
  }

  /// The mean loss and squared error over `data`, batch by batch, without noise. The loss of a variational model is an
  /// expectation: it has its draws, the same every time, and what noise there is on the input.
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

  /// `passes`: those over all samples that the epoch has behind it.
  private func progress(
    _ epoch: Int, batch: Int, total: Double, seen: Int, passes: Int = 0, seconds: Double
  ) -> TrainingProgress {
    let speed = Double(passes * data.count + seen) / max(seconds, 1e-9)
    let left = Double((options.epochs - epoch) * data.count + data.count - seen) / speed
    return TrainingProgress(
      epoch: epoch, epochs: options.epochs, batch: batch, batches: batches, startLoss: startLoss,
      loss: total / Double(seen),
      samplesPerSecond: speed, secondsLeft: left)
  }

  private func diverged(epoch: Int, batch: Int, rows: Int) -> TrainingError {
    // Where every output is still finite, the last one is too large for the loss.
    let layer = run.propagation.firstNonFiniteLayer(rows: rows) ?? model.network.layers.count - 1
    var lastGood = result
    lastGood.parameters = state.parameters
    return .diverged(
      epoch: epoch, batch: batch, layer: model.network.name(ofLayer: layer),
      lastGood: lastGood)
  }
}

extension Duration {
  public var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
