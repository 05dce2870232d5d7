import Datasets
import Linalg

/// Training by L-BFGS: every iteration takes one step along `LBFGS.direction` on all samples, of the length that
/// `LineSearch` finds.
///
/// The objective f is the mean loss of all samples, computed batch by batch in one order, plus ½λ‖W‖² of the weights.
/// The loss that is reported lacks the second term, as for other optimizers. Random numbers are drawn once: sample i
/// has the same noise in every evaluation, so f is a function of θ alone. The values are computed in Float and summed
/// over batches in Double; they are the same bits for any number of threads.
///
/// Where no step is found, the memory is dropped for steepest descent. Training has converged where that finds no step
/// either, or where the quasi-Newton step would lower f by less than 10⁻¹⁰ f (the rounding error of f is about 10⁻⁶ f).
final class FullBatch: TrainingMethod {
  /// The outcome of an iteration: its step length, which is 0 where it converged, and the loss of all samples behind
  /// it.
  struct Step {
    let length: Double
    let loss: Double
  }

  private struct Objective {
    /// f without weight decay; f with weight decay is `objective`. Both are ∞ where the loss of a batch was not finite.
    var loss = Double.infinity
    var objective = Double.infinity
  }

  private let run: TrainingRun
  private let options: TrainingOptions
  private let data: Dataset
  private let order: [Int32]
  private let noise: NoiseStream
  private let lbfgs: LBFGS
  /// The loss is made of differences x̂ − x, whose relative errors are several times those of x̂.
  private let lineSearch = LineSearch(resolution: 8 * Double(Float.ulpOfOne))

  /// The relative decrease of f that counts as no progress.
  private static let negligible = 1e-10

  /// The memory of L-BFGS; its last place is 1 after convergence.
  private let memory: Buffer<Float>
  /// The gradient ∂f/∂θ of the last evaluation.
  private let gradient: Buffer<Float>
  /// θ and ∂f/∂θ where the line search begins; later they hold the changes s and y.
  private let start: Buffer<Float>
  private let startGradient: Buffer<Float>
  private let direction: Buffer<Float>
  /// f at θ, of which `gradient` is the gradient; nil before the first evaluation.
  private var current: Objective?

  /// Whether the run goes on from a state, and no iteration has been run since.
  private var isResumed: Bool

  /// The number of times that f was computed in the last iteration.
  private var evaluations = 0
  /// The terms of the loss in the last evaluation.
  private var terms: LossTerms

  /// The share of the batch at hand in the samples, and whether it is the first batch.
  private var share: Float = 0
  private var isFirst = true
  private var lastBatch = NonFiniteLoss(batch: 0, rows: 0)

  static func stateCount(_ network: Autoencoder, pairs: Int) -> Int {
    LBFGS(parameters: network.layout.count, pairs: pairs).stateCount + 1
  }

  /// Takes over the gradients of `run`.
  ///
  /// - `pairs`: the number of pairs that L-BFGS remembers.
  /// - `remembered`: the memory that an earlier run left; empty for none.
  init(_ run: TrainingRun, _ options: TrainingOptions, _ data: Dataset, pairs: Int, remembered: [Float]) {
    self.run = run
    self.options = options
    self.data = data
    order = options.order(of: 1, data.count)
    noise = NoiseStream(seed: options.seed, epoch: 1)
    let network = run.propagation.network
    let count = network.layout.count
    lbfgs = LBFGS(parameters: count, pairs: pairs)
    memory = Buffer(count: Self.stateCount(network, pairs: pairs))
    isResumed = !remembered.isEmpty
    if !remembered.isEmpty { memory.values = remembered }
    gradient = Buffer(count: count)
    start = Buffer(count: count)
    startGradient = Buffer(count: count)
    direction = Buffer(count: count)
    terms = run.propagation.lossTerms
    run.propagation.onGradient = { [unowned(unsafe) self] stretch in unsafe self.absorb(stretch.range) }
  }

  var remembered: [Float] { memory.values }
  private(set) var hasConverged: Bool {
    get { memory.row[0, memory.count - 1] == 1 }
    set { memory.row[0, memory.count - 1] = newValue ? 1 : 0 }
  }

  private var theta: MutableMatrixView<Float> { run.propagation.parameters.row }
  private var pairs: MutableMatrixView<Float> { memory.row.columns(0..<lbfgs.stateCount) }

  /// An epoch is one iteration, and a run that was broken off goes on with a whole one.
  func runEpoch(
    _ epoch: Int, from partial: PartialEpoch?, step: inout Int, _ onBatch: (BatchReport) throws -> Void
  ) throws -> EpochOutcome {
    let taken = try iterate(onBatch)
    step += 1
    return EpochOutcome(loss: taken.loss, rate: taken.length, terms: terms, evaluations: evaluations)
  }

  /// Runs one iteration.
  private func iterate(_ onBatch: (BatchReport) throws -> Void) throws -> Step {
    evaluations = 0
    let origin = try current ?? evaluate(onBatch)
    // A run without a break knows f at θ from the iteration before.
    if isResumed { evaluations = 0 }
    isResumed = false
    let norm = sumOfSquares(gradient.row.readOnly).squareRoot()
    guard origin.objective.isFinite, norm.isFinite else { throw lastBatch }
    start.row.copy(theta.readOnly)
    startGradient.row.copy(gradient.row.readOnly)
    for usesMemory in lbfgs.count(pairs.readOnly) > 0 ? [true, false] : [false] {
      if !usesMemory { lbfgs.forget(pairs) }
      lbfgs.direction(pairs.readOnly, gradient: startGradient.row.readOnly, into: direction.row)
      let slope = innerProduct(startGradient.row.readOnly, direction.row.readOnly)
      // f falls by ½gᵀHg where H is the true inverse Hessian.
      if usesMemory && -0.5 * slope < Self.negligible * abs(origin.objective) { break }
      // Without memory the length of the gradient says nothing about that of the step, so the first trial has length η.
      let first = usesMemory ? options.rate : options.rate / norm
      if let length = try search(from: origin, slope: slope, first: first, onBatch) { return accept(length) }
    }
    hasConverged = true
    theta.copy(start.row.readOnly)
    if evaluations > 0 { current = try evaluate(onBatch) }
    return Step(length: 0, loss: current!.loss)
  }

  /// Returns the length of a step along `direction` that lowers f, and leaves θ, `gradient` and `current` at that step;
  /// nil where no step lowers f.
  private func search(
    from origin: Objective, slope: Double, first: Double, _ onBatch: (BatchReport) throws -> Void
  ) throws -> Double? {
    var last = (step: 0.0, evaluation: origin)
    let found = try lineSearch.search(value: origin.objective, slope: slope, first: first) { step in
      last = (step, try evaluate(at: step, onBatch))
      if !last.evaluation.objective.isFinite { return (.infinity, .nan) }
      return (last.evaluation.objective, innerProduct(gradient.row.readOnly, direction.row.readOnly))
    }
    guard let found else { return nil }
    current = last.step == found.step ? last.evaluation : try evaluate(at: found.step, onBatch)
    return found.step
  }

  /// Remembers the step that was just taken.
  private func accept(_ length: Double) -> Step {
    transform(start.row, with: theta.readOnly) { old, new in new - old }
    transform(startGradient.row, with: gradient.row.readOnly) { old, new in new - old }
    lbfgs.remember(pairs, step: start.row.readOnly, gradientChange: startGradient.row.readOnly)
    return Step(length: length, loss: current!.loss)
  }

  /// Computes f and its gradient at θ = start + step · direction.
  private func evaluate(at step: Double, _ onBatch: (BatchReport) throws -> Void) throws -> Objective {
    let step = Float.Vector(Float(step))
    zip(start.row.readOnly, direction.row.readOnly, into: theta) { start, d in start + step * d }
    return try evaluate(onBatch)
  }

  /// Computes f and its gradient at θ.
  private func evaluate(_ onBatch: (BatchReport) throws -> Void) throws -> Objective {
    evaluations += 1
    terms.begin()
    var total = 0.0
    for first in stride(from: 0, to: order.count, by: options.batch) {
      let indices = order[first..<min(first + options.batch, order.count)]
      let loss = run.loss(of: indices, in: data, noise: (noise, first), gradients: true)
      lastBatch = NonFiniteLoss(batch: first / options.batch + 1, rows: indices.count)
      if !loss.isFinite { return Objective() }
      (share, isFirst) = (Float(indices.count) / Float(order.count), first == 0)
      run.propagation.backward(rows: indices.count)
      run.propagation.parameterGradients(rows: indices.count)
      terms.add(run.propagation, rows: indices.count)
      total += loss * Double(indices.count)
      try onBatch(
        BatchReport(batch: lastBatch.batch, total: total, seen: indices.endIndex, passes: evaluations - 1))
    }
    let loss = total / Double(order.count)
    return Objective(loss: loss, objective: loss + decay())
  }

  /// Adds a batch's share of a stretch of ∂L/∂θ to the gradient, in the worker that has just written the stretch.
  private func absorb(_ range: Range<Int>) {
    let share = Float.Vector(share)
    let batch = run.propagation.gradient.view(rows: 1, columns: range.count, offset: range.lowerBound).readOnly
    let total = gradient.view(rows: 1, columns: range.count, offset: range.lowerBound)
    if isFirst { map(batch, into: total) { share * $0 } } else { transform(total, with: batch) { $0 + share * $1 } }
  }

  /// Returns ½λ‖W‖² over all weights, and adds λW to the gradient.
  private func decay() -> Double {
    if options.weightDecay == 0 { return 0 }
    let decay = Float.Vector(Float(options.weightDecay))
    var total = 0.0
    for tensor in run.propagation.network.layout.parameters where tensor.decays {
      let range = tensor.offset..<tensor.offset + tensor.count
      transform(gradient.row.columns(range), with: theta.columns(range).readOnly) { g, w in g + decay * w }
      total += sumOfSquares(theta.columns(range).readOnly)
    }
    return 0.5 * options.weightDecay * total
  }
}

extension FullBatch {
  /// Refuses options that belong to steps on batches and have no meaning in a line search on all samples.
  static func validate(_ options: TrainingOptions) throws(InvalidArgument) {
    let name = options.optimizer.name
    func refuse(_ parameter: String, _ value: String) -> InvalidArgument {
      InvalidArgument(parameter, value, expected: "does not apply to \(name), which finds its steps by line search")
    }
    // The cosine is the default, so it may stand there without having been named.
    if options.schedule != .constant && options.schedule != .cosine {
      throw refuse("schedule", options.schedule.rawValue)
    }
    if let averaging = options.averaging { throw refuse("average", "\(averaging)") }
    if options.warmup > 0 { throw refuse("warmup", "\(options.warmup)") }
    if let clipNorm = options.clipNorm { throw refuse("clipNorm", "\(clipNorm)") }
    if let betaWarmup = options.betaWarmup, betaWarmup > 0 { throw refuse("betaWarmup", "\(betaWarmup)") }
  }

  /// Refuses models whose loss depends on earlier steps.
  static func validate(_ options: TrainingOptions, for model: Model) throws(InvalidArgument) {
    guard model.network.layout.parameters.contains(where: \.isState) else { return }
    let isLoss = model.network.loss.state != nil
    throw InvalidArgument(
      isLoss ? "likelihood" : "klMean", isLoss ? "\(model.blueprint.loss)" : "running",
      expected: "changes the loss from step to step, which \(options.optimizer.name) cannot have",
      advice: isLoss ? "name the deviation, as in gaussian:0.5" : "take `klMean` batch")
  }
}
