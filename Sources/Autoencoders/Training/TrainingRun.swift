import Datasets
import Linalg

/// The machinery of one training run: its memory, and one step. After the first step nothing is allocated.
package final class TrainingRun {
  package let propagation: Propagation<Float>
  private let optimizer: any Optimizer
  private let optimizerState: Buffer<Float>
  private let options: TrainingOptions
  private let scaling: Scaling
  private let pool: WorkerPool
  /// Squared norms of the gradient by parameter tensor.
  private let squaredNorms: Buffer<Double>

  package init(_ model: Model, _ options: TrainingOptions, samples: Int, state: TrainingState, pool: WorkerPool) {
    self.options = options
    self.pool = pool
    optimizer = options.optimizer.optimizer
    scaling = model.scaling
    propagation = Propagation(
      model.network, capacity: min(options.batch, samples), training: true, pool: pool)
    propagation.parameters.values = state.parameters
    optimizerState = Buffer(count: optimizer.stateVectors * model.network.layout.count)
    optimizerState.values = state.optimizerState
    squaredNorms = Buffer(count: model.network.layout.parameters.count)
  }

  /// θ and the optimizer's memory, copied out.
  func save(to state: inout TrainingState) {
    state.parameters = propagation.parameters.values
    state.optimizerState = optimizerState.values
  }

  /// The loss of the samples `indices` under the parameters as they are; their batch is then in memory.
  package func loss(of indices: ArraySlice<Int32>, in data: Dataset, random: inout RandomStream?) -> Double {
    gather(indices, from: data)
    if random != nil { propagation.drawNoise(rows: indices.count, using: &random!) }
    return propagation.loss(rows: indices.count)
  }

  /// After `loss`: gradient and optimizer step number `number` at `rate`.
  package func step(number: Int, rate: Double, rows: Int) {
    propagation.backward(rows: rows)
    updateParameters(number: number, rate: rate, rows: rows)
  }

  /// After the backward pass: weight gradients, and the optimizer on each stretch while its gradient is in cache.
  package func updateParameters(number: Int, rate: Double, rows: Int) {
    guard let limit = options.clipNorm else {
      let step = OptimizerStep(number: number, learningRate: rate)
      propagation.parameterGradients(rows: rows) { update($0, step) }
      return
    }
    propagation.parameterGradients(rows: rows)
    let norm = gradientNorm()
    let step = OptimizerStep(number: number, learningRate: rate, gradientScale: norm > limit ? limit / norm : 1)
    let tensors = propagation.network.layout.parameters
    pool.run(tasks: tensors.count) { index, _ in
      let tensor = tensors[index]
      update(ParameterRange(range: tensor.offset..<tensor.offset + tensor.count, decays: tensor.decays), step)
    }
  }

  /// ‖∂L/∂θ‖, totalled tensor by tensor in their order.
  private func gradientNorm() -> Double {
    let tensors = propagation.network.layout.parameters
    let norms = squaredNorms.row
    pool.run(tasks: tensors.count) { index, _ in
      let tensor = tensors[index]
      norms[0, index] = sumOfSquares(
        propagation.gradient.view(rows: 1, columns: tensor.count, offset: tensor.offset).readOnly)
    }
    var total = 0.0
    for index in tensors.indices { total += norms[0, index] }
    return total.squareRoot()
  }

  private func update(_ stretch: ParameterRange, _ step: OptimizerStep) {
    let range = stretch.range
    let count = propagation.parameters.count
    optimizer.update(
      propagation.parameters.view(rows: 1, columns: range.count, offset: range.lowerBound),
      gradient: propagation.gradient.view(rows: 1, columns: range.count, offset: range.lowerBound).readOnly,
      state: optimizerState.view(rows: optimizer.stateVectors, columns: count).columns(range), step,
      decay: stretch.decays ? options.weightDecay : 0)
  }

  /// Converts and scales the samples into the network's input, blocks of rows shared out.
  package func gather(_ indices: ArraySlice<Int32>, from data: Dataset) {
    let x = propagation.input(rows: indices.count)
    let block = 32
    pool.run(tasks: (indices.count + block - 1) / block) { task, _ in
      let rows = task * block..<min((task + 1) * block, indices.count)
      let window = x.rows(rows)
      data.gather(indices[indices.startIndex + rows.lowerBound..<indices.startIndex + rows.upperBound], into: window)
      scaling.apply(window)
    }
  }
}
