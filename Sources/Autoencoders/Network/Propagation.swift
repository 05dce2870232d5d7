import Linalg

/// One task of the weight gradients, or of the loss's state where `layer` is the number of layers.
struct GradientTile: Sendable {
  let layer: Int
  let units: Range<Int>
  let ranges: [ParameterRange]
}

/// Names the random numbers that are a training epoch's noise.
package struct NoiseStream: Sendable {
  public let seed: UInt64
  public let epoch: Int
  public init(seed: UInt64, epoch: Int) {
    self.seed = seed
    self.epoch = epoch
  }
}

/// A network at work on batches: it runs forward, loss, backward and gradients tile by tile on a pool of workers.
///
/// One batch is a handful of stages, one per layer and direction. The tiles of a stage write disjoint windows and are
/// cut by the sizes alone (`TileGrid`), so results are the same bits for any number of threads. Elementwise work rides
/// on the tile it belongs to, while that is in cache: bias and activation on the forward product, the loss on the last
/// layer's, the activation's derivative on the backward product, the optimizer on the weight gradient. Meanwhile BLAS
/// itself must run on one thread (`BLASLibrary.withThreads(1)`).
package final class Propagation<S: BLASScalar> {
  public let network: Autoencoder
  let workspace: Workspace<S>
  let pool: WorkerPool
  /// The parameters θ. Only `updateParameters` and, between batches, the owner write them.
  public let parameters: Buffer<S>
  /// The gradient ∂L/∂θ of the last batch.
  public let gradient: Buffer<S>
  /// The terms of the last `loss`: every layer's own share by the layer's index, then the loss against the target, then
  /// the shares of `networkTerms`. `lossTerms` gives the names of all these.
  let terms: Buffer<Double>
  /// The names of the loss's terms, for totals over batches.
  package let lossTerms: LossTerms
  /// The factor of penalties that training warms up.
  public var annealing = 1.0
  let layers: Range<Int>
  /// By layer of the network.
  let plans: [LayerPlan]
  private let firstTrained: Int
  let gradientTiles: [GradientTile]
  let networkTerms: [any NetworkTerm<S>]
  /// The member of `networkTerms` that takes the last layer's loss; nil where there is none.
  let lossTaker: (any NetworkTerm<S>)?
  let hasPenalties: Bool

  /// What the tiles of a stage need to know, set before the stage runs. The bodies are made once, so that a step
  /// allocates nothing.
  var stage = Stage()
  var forwardBodies: [WorkerPool.Body] = []
  var backwardBodies: [WorkerPool.Body] = []
  var gradientBody = WorkerPool.Body { _, _ in }
  var drawBody = WorkerPool.Body { _, _ in }
  /// Names the random numbers of the targets that are drawn.
  var draw = Draw()

  struct Stage {
    /// The number of samples in the batch.
    var samples = 0
    var grid = TileGrid(rows: 1, columns: 1, inner: 1, splitsColumns: false)
    var withLoss = false
    var hasNoise = false
  }

  /// Creates a run for up to `capacity` samples at a time.
  ///
  /// - `layers`: the layers at work, which may be the encoder or decoder alone where nothing is trained; nil for all.
  /// - `penalties`: whether backward passes have the penalties' share of the gradient.
  public init(
    _ network: Autoencoder, capacity: Int, layers: Range<Int>? = nil, training: Bool, penalties: Bool = true,
    pool: WorkerPool, parameters: Buffer<S>? = nil
  ) {
    self.network = network
    hasPenalties = penalties
    self.layers = layers ?? 0..<network.layers.count
    plans = network.layers.map { LayerPlan($0) }
    self.pool = pool
    workspace = Workspace(network, capacity: capacity, layers: self.layers, training: training, workers: pool.threads)
    self.parameters = parameters ?? Buffer(count: network.layout.count)
    gradient = Buffer(count: training ? network.layout.count : 0)
    firstTrained = network.layers.firstIndex { !$0.parameters.isEmpty } ?? network.layers.count
    gradientTiles = Self.gradientTiles(of: network)
    var networkTerms: [any NetworkTerm<S>] = []
    if training && penalties && network.contraction != nil {
      networkTerms.append(Contraction(network, workspace, self.parameters, gradientTiles: gradientTiles, pool: pool))
    }
    if training, self.layers.count == network.layers.count,
      let weighting = ImportanceWeighting(network, workspace, pool: pool)
    {
      networkTerms.append(weighting)
    }
    self.networkTerms = networkTerms
    lossTaker = networkTerms.first { $0.takesLoss }
    lossTerms = LossTerms(network, others: networkTerms.map(\.name))
    terms = Buffer(count: lossTerms.count)
    precondition(self.parameters.count == network.layout.count, "Propagation: \(self.parameters.count) parameters")
    makeBodies()
  }

  /// Returns up to four tiles of every layer: first the first parts of all layers, the largest of them first. A
  /// worker's stretch is then the same part of every layer, as in the forward stages.
  private static func gradientTiles(of network: Autoencoder) -> [GradientTile] {
    var tiles: [(part: Int, size: Int, tile: GradientTile)] = []
    for (index, layer) in network.layers.enumerated() where layer.cut.units > 0 {
      let cut = layer.cut
      let parts = max(1, min(4, cut.units / max(4, cut.alignment)))
      for part in 0..<parts {
        let units = TileGrid.part(part, of: parts, length: cut.units, unit: cut.alignment)
        let tile = GradientTile(layer: index, units: units, ranges: layer.parameterRanges(units: units))
        tiles.append((part, tile.ranges.reduce(0) { $0 + $1.range.count }, tile))
      }
    }
    if let state = network.loss.state {
      let range = ParameterRange(range: state.offset..<state.offset + 1, decays: false, isState: true)
      tiles.append((0, 1, GradientTile(layer: network.layers.count, units: 0..<1, ranges: [range])))
    }
    return tiles.sorted { ($0.part, -$0.size, $0.tile.layer) < ($1.part, -$1.size, $1.tile.layer) }.map(\.tile)
  }

  /// Returns the memory for a batch's samples (rows × input features of the first layer at work).
  public func input(rows: Int) -> MutableMatrixView<S> {
    workspace.activations[layers.lowerBound].view(rows: rows, columns: network.layers[layers.lowerBound].inputSize)
  }

  /// Returns, after a backward pass, the inputs x of layer `layer` (rows × in) and ∂L/∂z of its outputs before the
  /// activation.
  package func factors(of layer: Int, rows: Int) -> (x: MatrixView<S>, dz: MatrixView<S>) {
    (activation(layer, samples: rows).readOnly, activationGradient(layer + 1, samples: rows).readOnly)
  }

  /// Returns what layer `layer` gave in the last pass.
  public func output(of layer: Int, rows: Int) -> MutableMatrixView<S> { activation(layer + 1, samples: rows) }

  /// Returns the memory for the samples' classes (rows × 1) in networks that have classes.
  public func labels(rows: Int) -> MutableMatrixView<S> { workspace.labels.view(rows: rows, columns: 1) }

  /// Draws the noise of the samples in `rows`, the first of which is number `sample` of the stream. Every sample has
  /// its own stretch of the stream, so that different workers can draw blocks of rows.
  public func drawNoise(rows: Range<Int>, from stream: NoiseStream, sample: Int) {
    var layersBefore: UInt64 = 0
    for index in layers where plans[index].memory.noise > 0 {
      let layer = network.layers[index]
      let blocks = UInt64(plans[index].memory.noise + 3) / 4
      for row in rows {
        // Each layer has 2⁴⁰ blocks of the stream.
        let position = layersBefore << 40 + UInt64(sample + row - rows.lowerBound) * blocks
        var random = RandomStream(seed: stream.seed, purpose: .noise, epoch: stream.epoch, position: position)
        layer.drawNoise(into: noise(index, rows: row..<row + 1), using: &random)
      }
      layersBefore += 1
    }
  }

  /// Runs the layers on the `rows` samples in `input`, without noise.
  public func forward(rows: Int) {
    for index in layers { forwardLayer(index, samples: rows, withLoss: false, hasNoise: false) }
  }

  /// Runs all layers, returns the loss against the input, and leaves ∂L/∂y of the last layer for `backward`.
  ///
  /// The loss has all penalties; it is a sum over features and a mean over the `rows` samples.
  ///
  /// - `noise`: whether the layers use the noise that was drawn last.
  /// - `gradients`: whether `backward` follows.
  public func loss(rows: Int, noise: Bool = false, gradients: Bool = true) -> Double {
    let terms = terms.row
    terms.fill(0)
    for index in layers {
      forwardLayer(index, samples: rows, withLoss: index == network.layers.count - 1, hasNoise: noise)
    }
    for (place, term) in networkTerms.enumerated() where noise || !term.takesLoss {
      let share = term.share(
        samples: rows, parts: stage.grid.columnTiles, dy: activationGradient(network.layers.count, samples: rows),
        gradients: gradients)
      terms[0, network.layers.count + 1 + place] = share.value
      if let reconstruction = share.reconstruction { terms[0, network.layers.count] = reconstruction }
    }
    var total = 0.0
    for index in 0..<terms.columns { total += terms[0, index] }
    return total
  }

  /// Computes, after `loss`, the gradients of all activations down to the first layer with parameters.
  public func backward(rows: Int) {
    for index in network.layers.indices.reversed() where index > firstTrained { backwardLayer(index, samples: rows) }
  }

  /// Returns, after `forward`, ∂/∂x of one unit of layer `layer` before its activation: row i has sample i and unit
  /// `units[i]`.
  func inputGradient(rows: Int, of layer: Int, units: ArraySlice<Int>) -> MutableMatrixView<S> {
    precondition(units.count == rows, "Propagation: \(units.count) units for \(rows) samples")
    let dz = activationGradient(layer + 1, samples: rows)
    dz.fill(0)
    for row in 0..<rows { dz[row, units[units.startIndex + row]] = 1 }
    for index in (0...layer).reversed() { backwardLayer(index, samples: rows) }
    return activationGradient(0, samples: rows)
  }

  /// Computes ∂L/∂θ part by part, after `backward`, and hands each part to `onGradient`.
  public func parameterGradients(rows: Int) {
    stage.samples = rows
    pool.run(tasks: gradientTiles.count, gradientBody)
  }

  /// The function that takes every stretch of ∂L/∂θ from the worker that has just written it, while it is in that
  /// worker's cache.
  package var onGradient: ((ParameterRange) -> Void)?

  /// Returns the index of the first layer whose parameters or output hold NaN or infinity after a pass, for error
  /// messages.
  public func firstNonFiniteLayer(rows: Int) -> Int? {
    layers.first { index in
      network.layers[index].parameters.contains {
        !allFinite(parameters.view(rows: 1, columns: $0.count, offset: $0.offset).readOnly)
      } || !allFinite(output(of: index, rows: rows).readOnly)
    }
  }
}
