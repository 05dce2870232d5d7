import Datasets
import Linalg

/// The machinery of one training run: it has the memory and makes one step. After the first step it allocates nothing.
package final class TrainingRun {
  package let propagation: Propagation<Float>
  /// The optimizer of a step on each batch; nil where another method takes the gradients.
  private let optimizer: OptimizerRun<Float>?
  private let options: TrainingOptions
  private let preparation: Preparation
  private let pool: WorkerPool
  /// The squared norm of the gradient for each parameter tensor.
  private let squaredNorms: Buffer<Double>

  /// The indices of the samples in the batch at hand.
  private var batch: ArraySlice<Int32> = []
  private var source: Dataset?
  private var rows = 0
  /// The noise to draw for the batch, and the number of the batch's first sample.
  private var noise: (stream: NoiseStream, sample: Int)?
  private var gatherBody = WorkerPool.Body { _, _ in }
  private var normBody = WorkerPool.Body { _, _ in }
  private var absorbBody = WorkerPool.Body { _, _ in }

  package init(
    _ model: Model, _ options: TrainingOptions, samples: Int, state: TrainingState, pool: WorkerPool
  ) {
    self.options = options
    self.pool = pool
    preparation = model.preparation
    propagation = Propagation(
      model.network, capacity: min(options.batch, samples), training: true, pool: pool)
    propagation.parameters.values = state.parameters
    optimizer = options.optimizer.rules.map { [propagation] in
      OptimizerRun(
        $0, model.network, theta: propagation.parameters, gradient: propagation.gradient,
        weightDecay: options.weightDecay, averaging: options.averaging, pool: pool)
    }
    if let optimizer, !state.optimizerState.isEmpty { optimizer.state.values = state.optimizerState }
    squaredNorms = Buffer(count: model.network.layout.parameters.count)
    makeBodies()
  }

  /// A copy of the optimizer's memory.
  var optimizerState: [Float] { optimizer?.state.values ?? [] }

  /// Runs `body` with the average in θ's place, where one is kept. `body` gets the numbers that stand there while it
  /// runs.
  func withAverage<R>(_ body: ([Float]) throws -> R) rethrows -> R {
    let parameters = propagation.parameters
    let own = parameters.values
    guard let average = optimizer?.average else { return try body(own) }
    parameters.row.copy(average)
    defer { parameters.values = own }
    return try body(parameters.values)
  }

  /// Returns the factorisations that failed since the last call.
  func takeTrouble() -> [OptimizerTrouble] { optimizer?.takeTrouble() ?? [] }

  /// Returns the loss of the samples `indices` under the present parameters; their batch then lies in memory.
  ///
  /// - `noise`: the noise to draw for the samples; nil for none.
  /// - `gradients`: whether `step` follows.
  package func loss(
    of indices: ArraySlice<Int32>, in data: Dataset, noise: (stream: NoiseStream, sample: Int)?, gradients: Bool
  ) -> Double {
    self.noise = noise
    gather(indices, from: data)
    return propagation.loss(rows: indices.count, noise: noise != nil, gradients: gradients)
  }

  /// Returns Σ (x̂ − x)² over the batch, in the units that the network sees. It is called after a `loss` that no `step`
  /// follows.
  func squaredError(rows: Int) -> Double {
    let reconstruction = propagation.output(of: propagation.network.layers.count - 1, rows: rows)
    propagation.network.loss.reconstruct(reconstruction)
    return squaredDistance(reconstruction.readOnly, propagation.input(rows: rows).readOnly)
  }

  /// The factor of penalties that training warms up.
  package var annealing: Double {
    get { propagation.annealing }
    set { propagation.annealing = newValue }
  }

  /// Computes the gradient and makes optimizer step number `number` at `rate`, after `loss`.
  package func step(number: Int, rate: Double, rows: Int) {
    propagation.backward(rows: rows)
    updateParameters(number: number, rate: rate, rows: rows)
  }

  /// Computes the weight gradients, after the backward pass, and runs the optimizer on each stretch while its gradient
  /// is in cache.
  ///
  /// Where the gradient's norm is to be cut, it must be known first, so the optimizer then goes over θ afterwards.
  package func updateParameters(number: Int, rate: Double, rows: Int) {
    guard let optimizer else { preconditionFailure("TrainingRun: the optimizer has no steps on batches") }
    optimizer.step = OptimizerStep(number: number, learningRate: rate)
    propagation.parameterGradients(rows: rows)
    if let limit = options.clipNorm {
      let norm = gradientNorm()
      optimizer.step = OptimizerStep(
        number: number, learningRate: rate, gradientScale: norm > limit ? limit / norm : 1)
      pool.run(tasks: propagation.network.layout.parameters.count, absorbBody)
    }
    if optimizer.needsStatistics {
      self.rows = rows
      propagation.drawTargets(rows: rows, seed: options.seed, step: number)
    }
    optimizer.finish()
  }

  /// Returns ‖∂L/∂θ‖, totalled tensor by tensor in their order.
  private func gradientNorm() -> Double {
    let tensors = propagation.network.layout.parameters
    let norms = squaredNorms.row
    pool.run(tasks: tensors.count, normBody)
    var total = 0.0
    for index in tensors.indices { total += norms[0, index] }
    return total.squareRoot()
  }

  /// Converts and scales the samples into the network's input; workers share out blocks of rows.
  package func gather(_ indices: ArraySlice<Int32>, from data: Dataset) {
    (batch, source) = (indices, data)
    pool.run(tasks: (indices.count + Self.gatherBlock - 1) / Self.gatherBlock, gatherBody)
  }

  private static let gatherBlock = 32

  // MARK: - What the workers call, made once so that a step takes no memory

  private func makeBodies() {
    gatherBody = WorkerPool.Body { [unowned(unsafe) self] task, _ in unsafe self.gatherTask(task) }
    normBody = WorkerPool.Body { [unowned(unsafe) self] index, _ in unsafe self.normTask(index) }
    guard let optimizer else { return }
    absorbBody = WorkerPool.Body { [unowned(unsafe) self, unowned(unsafe) optimizer] index, _ in
      let tensor = unsafe self.propagation.network.layout.parameters[index]
      let range = tensor.offset..<tensor.offset + tensor.count
      unsafe optimizer.absorb(ParameterRange(range: range, decays: tensor.decays, isState: tensor.isState))
    }
    optimizer.statistics = { [unowned(unsafe) self] layer in
      unsafe self.propagation.factors(of: layer, rows: self.rows)
    }
    if options.clipNorm == nil {
      propagation.onGradient = { [unowned(unsafe) optimizer] stretch in unsafe optimizer.absorb(stretch) }
    }
  }

  private func gatherTask(_ task: Int) {
    let rows = task * Self.gatherBlock..<min((task + 1) * Self.gatherBlock, batch.count)
    let window = propagation.input(rows: batch.count).rows(rows)
    let indices = batch[batch.startIndex + rows.lowerBound..<batch.startIndex + rows.upperBound]
    // Without noise a sample has its own binarisation draw, the same every time; such samples come in order.
    let first = noise?.sample ?? Int(batch.first!)
    preparation.gather(
      source!, indices, into: window, draw: noise?.stream ?? .evaluation(seed: options.seed),
      sample: first + rows.lowerBound)
    if propagation.network.classes != nil {
      source!.gatherLabels(indices, into: propagation.labels(rows: batch.count).rows(rows))
    }
    if let noise { propagation.drawNoise(rows: rows, from: noise.stream, sample: noise.sample + rows.lowerBound) }
  }

  private func normTask(_ index: Int) {
    let tensor = propagation.network.layout.parameters[index]
    if tensor.isState { return squaredNorms.row[0, index] = 0 }
    squaredNorms.row[0, index] = sumOfSquares(
      propagation.gradient.view(rows: 1, columns: tensor.count, offset: tensor.offset).readOnly)
  }
}
