import Linalg

/// An optimizer at work: it has the memory and what the workers do in a step. After the first step it allocates
/// nothing.
///
/// A step is `absorb` for every stretch of ∂L/∂θ, in any order, by the worker that has just written it, then `finish`.
/// What a task computes depends on the task's number alone, so the result is the same bits for any number of threads.
package final class OptimizerRun<S: BLASScalar> {
  private let rules: StepRules
  private let network: Autoencoder
  private let theta: Buffer<S>
  private let gradient: Buffer<S>
  package let state: Buffer<S>
  private let work: Buffer<S>
  private let weightDecay: Double
  /// The factor γ of θ̄ ← γθ̄ + (1 − γ)θ; nil where no average is kept.
  private let averaging: Double?
  private let pool: WorkerPool
  /// The index at which the state of each tensor begins.
  private let stateOffsets: [Int]
  private let matrices: [Matrix]
  /// The index in `matrices` of each tensor, as a weight or as a bias; nil for other tensors.
  private let matrixOfTensor: [Int?]
  /// The number of failed factorisations and the largest shift, for each matrix.
  private let trouble: Buffer<Double>
  /// The share of each matrix in the total that couples the matrices' steps.
  private let shares: Buffer<Double>
  private var stepFactor = 1.0
  /// Returns the inputs of layer `layer` (B × in) and ∂L/∂z of its outputs before the activation (B × out), for targets
  /// drawn from the network's own output. This is the one hook into the network's pass, for rules that need statistics;
  /// it is valid in `finish`.
  package var statistics: ((_ layer: Int) -> (x: MatrixView<S>, dz: MatrixView<S>))?
  package var step = OptimizerStep(number: 1, learningRate: 0)
  private var prepareBody = WorkerPool.Body { _, _ in }
  private var applyBody = WorkerPool.Body { _, _ in }
  private var averageBody = WorkerPool.Body { _, _ in }

  private struct Matrix {
    let taken: TakenMatrix
    var parameter: Parameter { taken.weight }
    let tensor: Int
    let state: Range<Int>
    let work: Range<Int>
  }

  package init(
    _ rules: StepRules, _ network: Autoencoder, theta: Buffer<S>, gradient: Buffer<S>, weightDecay: Double,
    averaging: Double? = nil, pool: WorkerPool
  ) {
    self.rules = rules
    self.network = network
    self.theta = theta
    self.gradient = gradient
    self.weightDecay = weightDecay
    self.averaging = averaging
    self.pool = pool
    let layout = network.layout
    let counts = rules.stateCounts(network)
    stateOffsets = counts.reduce(into: [0]) { $0.append($0.last! + $1) }
    // The average lies behind the state of all tensors.
    state = Buffer(count: stateOffsets.last! + (averaging == nil ? 0 : layout.count))
    var matrices: [Matrix] = []
    var workEnd = 0
    if let rule = rules.matrices {
      func operations(_ taken: TakenMatrix) -> Double {
        rule.operations(rows: taken.weight.rows, columns: taken.weight.columns)
      }
      let largestFirst = rules.matrices(of: network).sorted {
        (operations($0), $1.weight.offset) > (operations($1), $0.weight.offset)
      }
      for taken in dealt(largestFirst, to: pool.threads) {
        let tensor = layout.parameters.firstIndex(of: taken.weight)!
        let count = rule.workCount(rows: taken.weight.rows, columns: taken.weight.columns)
        matrices.append(
          Matrix(
            taken: taken, tensor: tensor, state: stateOffsets[tensor]..<stateOffsets[tensor + 1],
            work: workEnd..<workEnd + count))
        // Each matrix's working memory has cache lines of its own.
        workEnd += (count + 15) / 16 * 16
      }
    }
    self.matrices = matrices
    work = Buffer(count: workEnd)
    trouble = Buffer(count: 2 * matrices.count)
    shares = Buffer(count: matrices.count)
    matrixOfTensor = layout.parameters.map { parameter in
      matrices.firstIndex { $0.taken.weight == parameter || $0.taken.map?.bias == parameter }
    }
    prepareBody = WorkerPool.Body { [unowned(unsafe) self] task, _ in unsafe self.prepare(task) }
    applyBody = WorkerPool.Body { [unowned(unsafe) self] task, _ in unsafe self.apply(task) }
    averageBody = WorkerPool.Body { [unowned(unsafe) self] task, _ in unsafe self.average(task) }
  }

  /// Does the work of a step that goes number by number, while the gradient of `stretch` is in cache.
  package func absorb(_ stretch: ParameterRange) {
    let range = stretch.range
    if stretch.isState {
      let next = gradient.view(rows: 1, columns: range.count, offset: range.lowerBound)
      return theta.view(rows: 1, columns: range.count, offset: range.lowerBound).copy(next.readOnly)
    }
    // A layer whose tensors lie side by side may hand them over as one stretch.
    var tensor = network.layout.parameters.lastIndex { $0.offset <= range.lowerBound }!
    var start = range.lowerBound
    while start < range.upperBound {
      let parameter = network.layout.parameters[tensor]
      let end = min(range.upperBound, parameter.offset + parameter.count)
      absorb(start - parameter.offset..<end - parameter.offset, ofTensor: tensor, decays: stretch.decays)
      start = end
      tensor += 1
    }
  }

  private func absorb(_ own: Range<Int>, ofTensor tensor: Int, decays: Bool) {
    let parameter = network.layout.parameters[tensor]
    if let index = matrixOfTensor[tensor] {
      if matrices[index].tensor == tensor { rules.matrices!.absorb(own, of: slot(matrices[index], index), step) }
      return
    }
    let offset = parameter.offset + own.lowerBound
    rules.elementwise.update(
      theta.view(rows: 1, columns: own.count, offset: offset),
      gradient: gradient.view(rows: 1, columns: own.count, offset: offset).readOnly,
      state: state.view(
        rows: rules.elementwise.stateVectors, columns: parameter.count, offset: stateOffsets[tensor]
      ).columns(own), step.scaled(by: rules.elementwiseRate), decay: decays ? weightDecay : 0)
  }

  /// Does the work of a step that needs whole matrices, and updates the average.
  package func finish() {
    if let rule = rules.matrices, !matrices.isEmpty { finishMatrices(rule) }
    if averaging != nil { pool.run(tasks: network.layout.parameters.count, averageBody) }
  }

  /// The running average of θ, 1 × P; nil where none is kept.
  package var average: MatrixView<S>? {
    averaging == nil
      ? nil : state.view(rows: 1, columns: network.layout.count, offset: stateOffsets.last!).readOnly
  }

  private func average(_ tensor: Int) {
    let parameter = network.layout.parameters[tensor]
    // While the average is of few steps it forgets faster, so that θ of the first step does not weigh more than later
    // ones.
    let keep = min(averaging!, Double(step.number - 1) / Double(step.number + 9))
    let average = state.view(rows: 1, columns: parameter.count, offset: stateOffsets.last! + parameter.offset)
    let share = S.Vector(S(1 - keep))
    transform(
      average, with: theta.view(rows: 1, columns: parameter.count, offset: parameter.offset).readOnly
    ) { average, theta in average + share * (theta - average) }
  }

  private func finishMatrices(_ rule: any MatrixRule) {
    shares.row.fill(0)
    pool.run(tasks: matrices.count, prepareBody)
    var total = 0.0
    // The shares are added up in the order of the parameters, whichever worker computed them.
    for tensor in matrixOfTensor.indices { if let index = indexOfWeight(tensor) { total += shares.row[0, index] } }
    stepFactor = rule.stepFactor(total, step)
    pool.run(tasks: matrices.count * rule.parts, applyBody)
  }

  /// Whether the next `finish` needs `statistics`.
  package var needsStatistics: Bool { rules.matrices?.needsStatistics(step) ?? false }

  private func indexOfWeight(_ tensor: Int) -> Int? {
    matrixOfTensor[tensor].flatMap { matrices[$0].tensor == tensor ? $0 : nil }
  }

  private func prepare(_ task: Int) { rules.matrices!.prepare(slot(matrices[task], task), step) }

  private func apply(_ task: Int) {
    // The first parts of all matrices come first, so that a worker's stretch is an equal share of every matrix.
    let (part, index) = task.quotientAndRemainder(dividingBy: matrices.count)
    rules.matrices!.apply(
      part, of: slot(matrices[index], index), step, decay: matrices[index].parameter.decays ? weightDecay : 0)
  }

  private func slot(_ matrix: Matrix, _ index: Int) -> MatrixSlot<S> {
    let parameter = matrix.parameter
    var bias: (values: MutableMatrixView<S>, gradient: MatrixView<S>)?
    var observed: (x: MatrixView<S>, dz: MatrixView<S>)?
    if let map = matrix.taken.map, let layer = matrix.taken.layer {
      bias = (
        theta.view(rows: 1, columns: map.bias.count, offset: map.bias.offset),
        gradient.view(rows: 1, columns: map.bias.count, offset: map.bias.offset).readOnly
      )
      if let all = statistics?(layer) { observed = (all.x, all.dz.columns(map.outputs)) }
    }
    return MatrixSlot(
      weight: theta.view(rows: parameter.rows, columns: parameter.columns, offset: parameter.offset),
      gradient: gradient.view(rows: parameter.rows, columns: parameter.columns, offset: parameter.offset), bias: bias,
      statistics: observed, state: state.view(rows: 1, columns: matrix.state.count, offset: matrix.state.lowerBound),
      work: work.view(rows: 1, columns: matrix.work.count, offset: matrix.work.lowerBound),
      share: shares.view(rows: 1, columns: 1, offset: index), stepFactor: stepFactor,
      trouble: trouble.view(rows: 1, columns: 2, offset: 2 * index))
  }

  /// Returns the factorisations that failed since the last call, sorted by the names of their tensors.
  package func takeTrouble() -> [OptimizerTrouble] {
    let found = matrices.indices.filter { trouble.row[0, 2 * $0] > 0 }.map { index in
      OptimizerTrouble(
        tensor: matrices[index].parameter.name, failures: Int(trouble.row[0, 2 * index]),
        shift: trouble.row[0, 2 * index + 1])
    }
    trouble.row.fill(0)
    return found.sorted { $0.tensor < $1.tensor }
  }
}

/// The factorisations of one tensor that failed and were repeated with a larger shift.
public struct OptimizerTrouble: Sendable, Equatable, Codable {
  public let tensor: String
  public private(set) var failures: Int
  /// The largest shift of the repetitions, relative to the mean of the diagonal.
  public private(set) var shift: Double

  /// Returns the troubles of two stretches of steps as those of both, sorted by the names of the tensors.
  static func both(_ a: [OptimizerTrouble], _ b: [OptimizerTrouble]) -> [OptimizerTrouble] {
    var result = a
    for trouble in b {
      if let index = result.firstIndex(where: { $0.tensor == trouble.tensor }) {
        result[index].failures += trouble.failures
        result[index].shift = max(result[index].shift, trouble.shift)
      } else {
        result.append(trouble)
      }
    }
    return result.sorted { $0.tensor < $1.tensor }
  }
}

/// Orders `items`, the largest of which come first, so that `hands` equal stretches hold about the same amount.
private func dealt<Item>(_ items: [Item], to hands: Int) -> [Item] {
  let sizes = (0..<hands).map { items.count * ($0 + 1) / hands - items.count * $0 / hands }
  var stretches = [[Item]](repeating: [], count: hands)
  var hand = 0
  for item in items {
    while stretches[hand].count == sizes[hand] { hand = (hand + 1) % hands }
    stretches[hand].append(item)
    hand = (hand + 1) % hands
  }
  return stretches.flatMap { $0 }
}
