import Datasets
import Linalg

/// Training by L-BFGS: every iteration a step along `LBFGS.direction` on all samples, as long as `LineSearch` says.
///
/// The objective f is the mean loss of all samples, computed batch by batch in one order, plus ½λ‖W‖² of the weights; the
/// loss that is reported is without it, as for other optimizers. Whatever is random is drawn once: sample i has the
/// same noise in every evaluation, so f is a function of θ alone. It is computed in Float, its sums over batches of values
/// in Double; the same bits for any number of threads.
///
/// Where no step is found, memory is dropped for steepest descent; where that finds none, or where the quasi-Newton step
/// would lower f by less than 10⁻¹⁰ f (f's rounding error being some 10⁻⁶ f), training has converged.
final class FullBatch: TrainingMethod {
  /// An iteration: its step length, 0 where it converged, and the loss of all samples behind it.
  struct Step {
    let length: Double
    let loss: Double
  }

  private struct Objective {
    /// Without and with weight decay; ∞ where a batch's was not finite.
    var loss = Double.infinity
    var objective = Double.infinity
  }

  private let run: TrainingRun
  private let options: TrainingOptions
  private let data: Dataset
  private let order: [Int32]
  private let noise: NoiseStream
  private let lbfgs: LBFGS
  /// The loss is of differences x̂ − x, whose relative errors are some times those of x̂.
  private let lineSearch = LineSearch(resolution: 8 * Double(Float.ulpOfOne))

  /// A relative decrease that is no progress.
  private static let negligible = 1e-10

  /// What L-BFGS remembers; in the last place 1 after convergence.
  private let memory: Buffer<Float>
  /// ∂f/∂θ of the last evaluation.
  private let gradient: Buffer<Float>
  /// θ and ∂f/∂θ where the line search begins, later their changes s and y.
  private let start: Buffer<Float>
  private let startGradient: Buffer<Float>
  private let direction: Buffer<Float>
  /// f at θ, where `gradient` is its gradient; nil before the first evaluation.
  private var current: Objective?

  /// How often f was computed in the last iteration.
  private var evaluations = 0
  /// The terms of the loss in the last evaluation.
  private var terms: LossTerms

  /// The batch at hand: its share of the samples, and whether it is the first.
  private var share: Float = 0
  private var isFirst = true
  private var lastBatch = NonFiniteLoss(batch: 0, rows: 0)

  static func stateCount(_ network: Autoencoder, pairs: Int) -> Int {
    LBFGS(parameters: network.layout.count, pairs: pairs).stateCount + 1
  }

  /// Takes the gradients of `run`. `pairs`: how many L-BFGS remembers; `remembered`: what an earlier run left, or nothing.
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

  func runEpoch(_ epoch: Int, step: inout Int, _ onBatch: (BatchReport) throws -> Void) throws -> EpochOutcome {
    let taken = try iterate(onBatch)
    step += 1
    return EpochOutcome(loss: taken.loss, rate: taken.length, terms: terms, evaluations: evaluations)
  }

  /// One iteration.
  private func iterate(_ onBatch: (BatchReport) throws -> Void) throws -> Step {
    evaluations = 0
    let origin = try current ?? evaluate(onBatch)
    let norm = sumOfSquares(gradient.row.readOnly).squareRoot()
    guard origin.objective.isFinite, norm.isFinite else { throw lastBatch }
    start.row.copy(theta.readOnly)
    startGradient.row.copy(gradient.row.readOnly)
    for usesMemory in lbfgs.count(pairs.readOnly) > 0 ? [true, false] : [false] {
      if !usesMemory { lbfgs.forget(pairs) }
      lbfgs.direction(pairs.readOnly, gradient: startGradient.row.readOnly, into: direction.row)
      let slope = innerProduct(startGradient.row.readOnly, direction.row.readOnly)
      // f falls by ½gᵀHg where H is right.
      if usesMemory && -0.5 * slope < Self.negligible * abs(origin.objective) { break }
      // Without memory the gradient's length says nothing of the step's: it begins with one of length η.
      let first = usesMemory ? options.rate : options.rate / norm
      if let length = try search(from: origin, slope: slope, first: first, onBatch) { return accept(length) }
    }
    hasConverged = true
    theta.copy(start.row.readOnly)
    if evaluations > 0 { current = try evaluate(onBatch) }
    return Step(length: 0, loss: current!.loss)
  }

  /// The length of a step along `direction` that lowers f, with θ, `gradient` and `current` there; nil where none does.
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

  /// Remembers the step just taken.
  private func accept(_ length: Double) -> Step {
    transform(start.row, with: theta.readOnly) { old, new in new - old }
    transform(startGradient.row, with: gradient.row.readOnly) { old, new in new - old }
    lbfgs.remember(pairs, step: start.row.readOnly, gradientChange: startGradient.row.readOnly)
    return Step(length: length, loss: current!.loss)
  }

  /// f at θ = start + step · direction.
  private func evaluate(at step: Double, _ onBatch: (BatchReport) throws -> Void) throws -> Objective {
    let step = Float.Vector(Float(step))
    zip(start.row.readOnly, direction.row.readOnly, into: theta) { start, d in start + step * d }
    return try evaluate(onBatch)
  }

  /// f at θ, and its gradient.
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

  /// Adds a batch's share of a stretch of ∂L/∂θ, by the worker that has just written it.
  private func absorb(_ range: Range<Int>) {
    let share = Float.Vector(share)
    let batch = run.propagation.gradient.view(rows: 1, columns: range.count, offset: range.lowerBound).readOnly
    let total = gradient.view(rows: 1, columns: range.count, offset: range.lowerBound)
    if isFirst { map(batch, into: total) { share * $0 } } else { transform(total, with: batch) { $0 + share * $1 } }
  }

  /// ½λ‖W‖² over all weights; adds λW to the gradient.
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
  /// Refuses what steps on batches have and a line search on all samples has not.
  static func validate(_ options: TrainingOptions) throws(InvalidArgument) {
    let name = options.optimizer.name
    func refuse(_ parameter: String, _ value: String) -> InvalidArgument {
      InvalidArgument(parameter, value, expected: "does not apply to \(name), which finds its steps by line search")
    }
    // The cosine is the default, so nobody need have named it.
    if options.schedule != .constant && options.schedule != .cosine {
      throw refuse("schedule", options.schedule.rawValue)
    }
    if let averaging = options.averaging { throw refuse("average", "\(averaging)") }
    if options.warmup > 0 { throw refuse("warmup", "\(options.warmup)") }
    if let clipNorm = options.clipNorm { throw refuse("clipNorm", "\(clipNorm)") }
    if let betaWarmup = options.betaWarmup, betaWarmup > 0 { throw refuse("betaWarmup", "\(betaWarmup)") }
  }

  /// Refuses models whose loss depends on the steps before.
  static func validate(_ options: TrainingOptions, for model: Model) throws(InvalidArgument) {
    guard model.network.layout.parameters.contains(where: \.isState) else { return }
    let isLoss = model.network.loss.state != nil
    throw InvalidArgument(
      isLoss ? "likelihood" : "klMean", isLoss ? "\(model.blueprint.loss)" : "running",
      expected: "changes the loss from step to step, which \(options.optimizer.name) cannot have",
      advice: isLoss ? "name the deviation, as in gaussian:0.5" : "take `klMean` batch")
  }
}
