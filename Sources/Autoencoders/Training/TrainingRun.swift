import Datasets
import Linalg

/// The machinery of one training run: its memory, and one step. After the first step nothing is allocated.
package final class TrainingRun {
  package let propagation: Propagation<Float>
  private let optimizer: any Optimizer
  private let optimizerState: Buffer<Float>
  private let options: TrainingOptions
  private let scaling: Scaling
  private let binarisation: Binarisation?
  private let pool: WorkerPool
  /// Squared norms of the gradient by parameter tensor.
  private let squaredNorms: Buffer<Double>

  /// The samples and the step at hand.
  private var batch: ArraySlice<Int32> = []
  private var source: Dataset?
  /// The noise to draw for the batch, and the number of its first sample.
  private var noise: (stream: NoiseStream, sample: Int)?
  private var step = OptimizerStep(number: 1, learningRate: 0)
  private var gatherBody = WorkerPool.Body { _, _ in }
  private var normBody = WorkerPool.Body { _, _ in }
  private var updateBody = WorkerPool.Body { _, _ in }

  package init(_ model: Model, _ options: TrainingOptions, samples: Int, state: TrainingState, pool: WorkerPool) {
    self.options = options
    self.pool = pool
    optimizer = options.optimizer.optimizer(epsilon: options.epsilon)
    scaling = model.scaling
    binarisation = model.architecture.binarisation
    propagation = Propagation(
      model.network, capacity: min(options.batch, samples), training: true, pool: pool)
    propagation.parameters.values = state.parameters
    optimizerState = Buffer(count: optimizer.stateVectors * model.network.layout.count)
    optimizerState.values = state.optimizerState
    squaredNorms = Buffer(count: model.network.layout.parameters.count)
    makeBodies()
  }

  /// θ and the optimizer's memory, copied out.
  func save(to state: inout TrainingState) {
    state.parameters = propagation.parameters.values
    state.optimizerState = optimizerState.values
  }

  /// The loss of the samples `indices` under the parameters as they are; their batch is then in memory.
  /// `noise`: what to draw for them, nil for none; `gradients`: whether `step` follows.
  package func loss(
    of indices: ArraySlice<Int32>, in data: Dataset, noise: (stream: NoiseStream, sample: Int)?, gradients: Bool
  ) -> Double {
    self.noise = noise
    gather(indices, from: data)
    return propagation.loss(rows: indices.count, noise: noise != nil, gradients: gradients)
  }

  /// What penalties that are warmed up are multiplied by.
  package var annealing: Double {
    get { propagation.annealing }
    set { propagation.annealing = newValue }
  }

  /// After `loss`: gradient and optimizer step number `number` at `rate`.
  package func step(number: Int, rate: Double, rows: Int) {
    propagation.backward(rows: rows)
    updateParameters(number: number, rate: rate, rows: rows)
  }

  /// After the backward pass: weight gradients, and the optimizer on each stretch while its gradient is in cache.
  ///
  /// Where the gradient's norm is to be cut, it must be known first: then the optimizer goes over θ by itself.
  package func updateParameters(number: Int, rate: Double, rows: Int) {
    step = OptimizerStep(number: number, learningRate: rate)
    propagation.parameterGradients(rows: rows)
    guard let limit = options.clipNorm else { return }
    let norm = gradientNorm()
    step = OptimizerStep(number: number, learningRate: rate, gradientScale: norm > limit ? limit / norm : 1)
    pool.run(tasks: propagation.network.layout.parameters.count, updateBody)
  }

  /// ‖∂L/∂θ‖, totalled tensor by tensor in their order.
  private func gradientNorm() -> Double {
    let tensors = propagation.network.layout.parameters
    let norms = squaredNorms.row
    pool.run(tasks: tensors.count, normBody)
    var total = 0.0
    for index in tensors.indices { total += norms[0, index] }
    return total.squareRoot()
  }

  private func update(_ stretch: ParameterRange) {
    let range = stretch.range
    if stretch.isState {
      let next = propagation.gradient.view(rows: 1, columns: range.count, offset: range.lowerBound)
      return propagation.parameters.view(rows: 1, columns: range.count, offset: range.lowerBound).copy(next.readOnly)
    }
    let count = propagation.parameters.count
    optimizer.update(
      propagation.parameters.view(rows: 1, columns: range.count, offset: range.lowerBound),
      gradient: propagation.gradient.view(rows: 1, columns: range.count, offset: range.lowerBound).readOnly,
      state: optimizerState.view(rows: optimizer.stateVectors, columns: count).columns(range), step,
      decay: stretch.decays ? options.weightDecay : 0)
  }

  /// Converts and scales the samples into the network's input, blocks of rows shared out.
  package func gather(_ indices: ArraySlice<Int32>, from data: Dataset) {
    (batch, source) = (indices, data)
    pool.run(tasks: (indices.count + Self.gatherBlock - 1) / Self.gatherBlock, gatherBody)
  }

  private static let gatherBlock = 32

  // MARK: - What the workers call, made once so that a step takes no memory

  private func makeBodies() {
    gatherBody = WorkerPool.Body { [unowned(unsafe) self] task, _ in unsafe self.gatherTask(task) }
    normBody = WorkerPool.Body { [unowned(unsafe) self] index, _ in unsafe self.normTask(index) }
    updateBody = WorkerPool.Body { [unowned(unsafe) self] index, _ in
      let tensor = unsafe self.propagation.network.layout.parameters[index]
      let range = tensor.offset..<tensor.offset + tensor.count
      unsafe self.update(ParameterRange(range: range, decays: tensor.decays, isState: tensor.isState))
    }
    if options.clipNorm == nil {
      propagation.onGradient = { [unowned(unsafe) self] stretch in unsafe self.update(stretch) }
    }
  }

  private func gatherTask(_ task: Int) {
    let rows = task * Self.gatherBlock..<min((task + 1) * Self.gatherBlock, batch.count)
    let window = propagation.input(rows: batch.count).rows(rows)
    let indices = batch[batch.startIndex + rows.lowerBound..<batch.startIndex + rows.upperBound]
    source!.gather(indices, into: window)
    scaling.apply(window)
    if let binarisation {
      // Samples that come in order without noise have their own draw, the same every time.
      let first = noise?.sample ?? Int(batch.first!)
      let draw = noise?.stream ?? .evaluation(seed: options.seed)
      binarisation.apply(to: window, draw: draw, sample: first + rows.lowerBound)
    }
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
