import Linalg

/// The importance-weighted bound over the draws of `ImportanceSamples`: L = −1/B Σ ln 1/k Σᵢ wᵢ. Its gradient is that
/// of −1/B Σ Σᵢ w̃ᵢ ln wᵢ with w̃ᵢ = wᵢ / Σ wᵢ held fixed (Burda, Grosse and Salakhutdinov 2016).
///
/// The tiles of the last layer leave −ln p(x|zᵢ) and its gradient row by row; when all tiles are done, `share` scales
/// the rows.
final class ImportanceWeighting<S: BLASScalar>: NetworkTerm {
  let name = "importance"
  let takesLoss = true
  private let layer: any WeightedDraws
  private let scratch: Buffer<S>
  private let capacity: Int
  private let pool: WorkerPool
  /// −ln p(x|zᵢ) for each row and each part of its columns.
  private let losses: Buffer<Double>
  private var gradient: MutableMatrixView<S>
  private var scaleBody = WorkerPool.Body { _, _ in }
  /// 1/B Σ Σᵢ −w̃ᵢ ln p(x|zᵢ) of the last batch.
  private var weightedLoss = 0.0
  var lossForState: Double? { weightedLoss }

  private var blockSize: Int { 64 }

  /// Creates the term; nil for networks without weighted draws.
  init?(_ network: Autoencoder, _ workspace: Workspace<S>, pool: WorkerPool) {
    guard let index = network.layers.firstIndex(where: { $0 is any WeightedDraws }),
      let layer = network.layers[index] as? any WeightedDraws
    else { return nil }
    self.layer = layer
    scratch = workspace.scratch[index]
    capacity = workspace.capacity
    self.pool = pool
    losses = Buffer(count: capacity * layer.draws * TileGrid.mostTiles)
    gradient = scratch.view(rows: 0, columns: 0)
    scaleBody = WorkerPool.Body { [unowned(unsafe) self] block, _ in unsafe self.scale(block) }
  }

  /// Writes −ln p(x|zᵢ) over part `part` of the columns for each row, and its ∂/∂y. A target serves all draws of its
  /// sample.
  func evaluate(
    _ loss: any Loss, _ y: MatrixView<S>, targets: MatrixView<S>, gradient dy: MutableMatrixView<S>, rows: Range<Int>,
    part: Int, parameters: MatrixView<S>
  ) {
    let table = losses.view(rows: capacity * layer.draws, columns: TileGrid.mostTiles)
    for (place, row) in rows.enumerated() {
      let sample = row / layer.draws
      table[row, part] = loss.evaluate(
        y.rows(place..<place + 1), target: targets.rows(sample..<sample + 1), gradient: dy.rows(place..<place + 1),
        batch: 1, parameters: parameters)
    }
  }

  /// Weighs the draws. The reconstruction is the mean of −ln p(x|zᵢ), and the term's value is L less the reconstruction
  /// and less the share of the layer that draws. The method also writes the weights for the backward pass and scales
  /// the rows of `dy` by w̃ᵢ/B.
  func share(samples: Int, parts: Int, dy: MutableMatrixView<S>, gradients: Bool) -> NetworkTermShare {
    let k = layer.draws
    let table = losses.view(rows: capacity * k, columns: TileGrid.mostTiles)
    let scratch = scratch.view(rows: capacity, columns: layer.memory.scratch)
    let (ratios, weights) = (layer.logRatios(scratch), layer.weights(scratch))
    var (bound, mean, reconstruction) = (0.0, 0.0, 0.0)
    weightedLoss = 0
    for sample in 0..<samples {
      let rows = sample * k..<(sample + 1) * k
      var largest = -Double.infinity
      for row in rows {
        for part in 1..<max(parts, 1) { table[row, 0] += table[row, part] }
        largest = max(largest, Double(ratios[sample, row - rows.lowerBound]) - table[row, 0])
      }
      var total = 0.0
      for row in rows {
        let logWeight = Double(ratios[sample, row - rows.lowerBound]) - table[row, 0]
        total += Double.exp(logWeight - largest)
        mean += logWeight / Double(k)
        reconstruction += table[row, 0] / Double(k)
      }
      bound += largest + Double.log(total / Double(k))
      for row in rows {
        let weight = Double.exp(Double(ratios[sample, row - rows.lowerBound]) - table[row, 0] - largest) / total
        weightedLoss += weight * table[row, 0] / Double(samples)
        weights[sample, row - rows.lowerBound] = S(weight / Double(samples))
      }
    }
    if gradients {
      gradient = dy
      pool.run(tasks: (samples + blockSize - 1) / blockSize, scaleBody)
    }
    return NetworkTermShare(
      value: (mean - bound) / Double(samples), reconstruction: reconstruction / Double(samples))
  }

  private func scale(_ block: Int) {
    let k = layer.draws
    let weights = layer.weights(scratch.view(rows: capacity, columns: layer.memory.scratch)).readOnly
    for sample in block * blockSize..<min((block + 1) * blockSize, gradient.rows / k) {
      for i in 0..<k {
        let weight = S.Vector(weights[sample, i])
        transform(gradient.rows(sample * k + i..<sample * k + i + 1)) { $0 * weight }
      }
    }
  }
}
