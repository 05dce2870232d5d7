import Linalg

/// One worker's part of the weight gradients.
struct GradientTile: Sendable {
  let layer: Int
  let units: Range<Int>
  let ranges: [ParameterRange]
}

/// Which random numbers are a training epoch's noise.
public struct NoiseStream: Sendable {
  public let seed: UInt64
  public let epoch: Int
  public init(seed: UInt64, epoch: Int) {
    self.seed = seed
    self.epoch = epoch
  }
}

/// A network at work on batches: forward, loss, backward, gradient, tile by tile on a pool of workers.
///
/// One batch is a handful of stages, one per layer and direction; the tiles of a stage write disjoint windows and are
/// cut by the sizes alone (`TileGrid`), so results are the same bits for any number of threads. Elementwise work rides
/// on the tile it belongs to, while that is in cache: bias and activation on the forward product, the loss on the last
/// layer's, the activation's derivative on the backward product, the optimizer on the weight gradient.
/// BLAS itself must run on one thread meanwhile (`BLASLibrary.withThreads(1)`).
public final class Propagation<S: BLASScalar> {
  public let network: Autoencoder
  let workspace: Workspace<S>
  let pool: WorkerPool
  /// θ; written only by `updateParameters` and by the owner between batches.
  public let parameters: Buffer<S>
  /// ∂L/∂θ of the last batch.
  public let gradient: Buffer<S>
  /// Of the last `loss`: every layer's own share by its number, then the loss against the target, then the contractive
  /// penalty.
  let terms: Buffer<Double>
  private let layers: Range<Int>
  private let firstTrained: Int
  private let gradientTiles: [GradientTile]
  private let contraction: Contraction<S>?
  private let hasPenalties: Bool

  /// What a stage's tiles need to know, set before its run; the bodies are made once, so that a step takes no memory.
  private var stage = Stage()
  private var forwardBodies: [WorkerPool.Body] = []
  private var backwardBodies: [WorkerPool.Body] = []
  private var gradientBody = WorkerPool.Body { _, _ in }

  private struct Stage {
    var rows = 0
    var grid = TileGrid(rows: 1, columns: 1, inner: 1, splitsColumns: false)
    var withLoss = false
    var hasNoise = false
  }

  /// For up to `capacity` samples at a time; `layers` may be the encoder or decoder alone where nothing is trained.
  /// `penalties`: whether backward passes have their share.
  public init(
    _ network: Autoencoder, capacity: Int, layers: Range<Int>? = nil, training: Bool, penalties: Bool = true,
    pool: WorkerPool, parameters: Buffer<S>? = nil
  ) {
    self.network = network
    hasPenalties = penalties
    self.layers = layers ?? 0..<network.layers.count
    self.pool = pool
    workspace = Workspace(network, capacity: capacity, layers: self.layers, training: training, workers: pool.threads)
    self.parameters = parameters ?? Buffer(count: network.layout.count)
    gradient = Buffer(count: training ? network.layout.count : 0)
    terms = Buffer(count: network.layers.count + 2)
    firstTrained = network.layers.firstIndex { !$0.parameters.isEmpty } ?? network.layers.count
    gradientTiles = Self.gradientTiles(of: network)
    contraction =
      training && penalties && network.contraction > 0
      ? Contraction(network, workspace, self.parameters, gradientTiles: gradientTiles, pool: pool) : nil
    precondition(self.parameters.count == network.layout.count, "Propagation: \(self.parameters.count) parameters")
    makeBodies()
  }

  /// Four parts of every large layer: first the first parts of all layers, and of those the largest first. A worker's
  /// stretch is then the same part of every layer, as in the forward stages.
  private static func gradientTiles(of network: Autoencoder) -> [GradientTile] {
    var tiles: [(part: Int, size: Int, tile: GradientTile)] = []
    for (index, layer) in network.layers.enumerated() where layer.units > 0 {
      let parts = max(1, min(4, layer.units / max(4, layer.unitAlignment)))
      for part in 0..<parts {
        let units = TileGrid.part(part, of: parts, length: layer.units, unit: layer.unitAlignment)
        let tile = GradientTile(layer: index, units: units, ranges: layer.parameterRanges(units: units))
        tiles.append((part, tile.ranges.reduce(0) { $0 + $1.range.count }, tile))
      }
    }
    return tiles.sorted { ($0.part, -$0.size, $0.tile.layer) < ($1.part, -$1.size, $1.tile.layer) }.map(\.tile)
  }

  /// The place for a batch's samples (rows × input features of the first layer at work).
  public func input(rows: Int) -> MutableMatrixView<S> {
    workspace.activations[layers.lowerBound].view(rows: rows, columns: network.layers[layers.lowerBound].inputSize)
  }

  /// What layer `layer` gave in the last pass.
  public func output(of layer: Int, rows: Int) -> MutableMatrixView<S> {
    workspace.activations[layer + 1].view(rows: rows, columns: network.layers[layer].outputSize)
  }

  /// Draws the noise of the samples in `rows`, the first of which is number `sample` of the stream: every sample has its
  /// own stretch of it, so that blocks of rows can be drawn by different workers.
  public func drawNoise(rows: Range<Int>, from stream: NoiseStream, sample: Int) {
    var layersBefore: UInt64 = 0
    for index in layers where network.layers[index].noiseSize > 0 {
      let layer = network.layers[index]
      let blocks = UInt64(layer.noiseSize + 3) / 4
      for row in rows {
        // Layers have 2⁴⁰ blocks each.
        let position = layersBefore << 40 + UInt64(sample + row - rows.lowerBound) * blocks
        var random = RandomStream(seed: stream.seed, purpose: .noise, epoch: stream.epoch, position: position)
        layer.drawNoise(into: noise(index, rows: row..<row + 1), using: &random)
      }
      layersBefore += 1
    }
  }

  /// Runs the layers over the `rows` samples in `input`, without noise.
  public func forward(rows: Int) {
    for index in layers { forwardLayer(index, rows: rows, withLoss: false, hasNoise: false) }
  }

  /// Forward, then the loss against the input; ∂L/∂ of the last layer is left for `backward`.
  ///
  /// The loss with all penalties: sum over features, mean over the `rows` samples. `noise`: with what was drawn last;
  /// `gradients`: whether `backward` follows.
  public func loss(rows: Int, noise: Bool = false, gradients: Bool = true) -> Double {
    let terms = terms.row
    terms.fill(0)
    for index in layers {
      forwardLayer(index, rows: rows, withLoss: index == network.layers.count - 1, hasNoise: noise)
    }
    if let contraction {
      terms[0, network.layers.count + 1] = contraction.penalty(rows: rows, gradients: gradients)
    }
    var total = 0.0
    for index in 0..<terms.columns { total += terms[0, index] }
    return total
  }

  /// After `loss`: the gradients of all activations down to the first layer with parameters.
  public func backward(rows: Int) {
    for index in network.layers.indices.reversed() where index > firstTrained { backwardLayer(index, rows: rows) }
  }

  /// After `forward`: ∂/∂x of unit `units[i]` of `layer` before its activation, for sample i; a row a sample.
  func inputGradient(rows: Int, of layer: Int, units: ArraySlice<Int>) -> MutableMatrixView<S> {
    precondition(units.count == rows, "Propagation: \(units.count) units for \(rows) samples")
    let dz = activationGradient(layer + 1, rows: rows)
    dz.fill(0)
    for row in 0..<rows { dz[row, units[units.startIndex + row]] = 1 }
    for index in (0...layer).reversed() { backwardLayer(index, rows: rows) }
    return activationGradient(0, rows: rows)
  }

  /// After `backward`: ∂L/∂θ, part by part; each is handed to `onGradient`.
  public func parameterGradients(rows: Int) {
    stage.rows = rows
    pool.run(tasks: gradientTiles.count, gradientBody)
  }

  /// Called for every stretch of ∂L/∂θ by the worker that has just written it, while it is in that worker's cache.
  package var onGradient: ((ParameterRange) -> Void)?

  /// The first layer whose parameters or output hold NaN or infinity after a pass; for error messages.
  public func firstNonFiniteLayer(rows: Int) -> Int? {
    layers.first { index in
      network.layers[index].parameters.contains {
        !allFinite(parameters.view(rows: 1, columns: $0.count, offset: $0.offset).readOnly)
      } || !allFinite(output(of: index, rows: rows).readOnly)
    }
  }

  // MARK: - Stages

  private func makeBodies() {
    forwardBodies = network.layers.indices.map { index in
      WorkerPool.Body { [unowned(unsafe) self] tile, worker in unsafe self.forwardTile(index, tile, worker) }
    }
    backwardBodies = network.layers.indices.map { index in
      WorkerPool.Body { [unowned(unsafe) self] tile, worker in unsafe self.backwardTile(index, tile, worker) }
    }
    gradientBody = WorkerPool.Body { [unowned(unsafe) self] tile, worker in unsafe self.gradientTile(tile, worker) }
  }

  /// The layer's shares of the loss go to `terms`.
  private func forwardLayer(_ index: Int, rows: Int, withLoss: Bool, hasNoise: Bool) {
    let layer = network.layers[index]
    let grid = TileGrid(
      rows: rows, columns: layer.outputSize, inner: layer.inputSize, splitsColumns: layer.splitsColumns,
      splitsRows: layer.splitsRows)
    stage = Stage(rows: rows, grid: grid, withLoss: withLoss, hasNoise: hasNoise)
    pool.run(tasks: grid.count, forwardBodies[index])
    let shares = workspace.shares.view(rows: 2, columns: TileGrid.mostTiles)
    let terms = terms.row
    for tile in 0..<grid.count {
      terms[0, index] += shares[0, tile]
      terms[0, network.layers.count] += shares[1, tile]
    }
  }

  private func forwardTile(_ index: Int, _ tile: Int, _ worker: Int) {
    let rows = stage.rows
    let (r, c) = (stage.grid.rowRange(tile), stage.grid.columnRange(tile))
    let layer = network.layers[index]
    let pass = pass(index, rows: r, columns: c, worker)
    let window = activation(index + 1, rows: rows).window(rows: r, columns: c)
    let shares = workspace.shares.view(rows: 2, columns: TileGrid.mostTiles)
    shares[0, tile] = layer.forward(activation(index, rows: rows).readOnly.rows(r), into: window, pass)
    shares[1, tile] = 0
    if stage.withLoss {
      let target = activation(0, rows: rows).window(rows: r, columns: c).readOnly
      let dy = activationGradient(index + 1, rows: rows).window(rows: r, columns: c)
      shares[1, tile] = network.loss.evaluate(window.readOnly, target: target, gradient: dy, batch: rows)
      layer.backwardThroughActivation(dy, y: window.readOnly, pass)
    }
  }

  private func backwardLayer(_ index: Int, rows: Int) {
    let layer = network.layers[index]
    let grid = TileGrid(
      rows: rows, columns: layer.inputSize, inner: layer.outputSize, splitsColumns: layer.splitsColumns,
      splitsRows: layer.splitsRows)
    stage.rows = rows
    stage.grid = grid
    pool.run(tasks: grid.count, backwardBodies[index])
  }

  private func backwardTile(_ index: Int, _ tile: Int, _ worker: Int) {
    let rows = stage.rows
    let (r, c) = (stage.grid.rowRange(tile), stage.grid.columnRange(tile))
    let dz = activationGradient(index + 1, rows: rows).rows(r).readOnly
    let window = activationGradient(index, rows: rows).window(rows: r, columns: c)
    let input = activation(index, rows: rows).window(rows: r, columns: c).readOnly
    let layer = network.layers[index]
    if layer.penaltyName != nil && !hasPenalties {
      window.copy(dz.columns(c))
    } else {
      layer.backward(dz, x: input, into: window, pass(index, rows: r, columns: c, worker))
    }
    if index == 0 { return }
    network.layers[index - 1].backwardThroughActivation(window, y: input, pass(index - 1, rows: r, columns: c, worker))
    if let more = contraction?.preactivationGradient(index - 1, rows: rows) {
      accumulate(more.window(rows: r, columns: c), into: window)
    }
  }

  private func gradientTile(_ task: Int, _ worker: Int) {
    let tile = gradientTiles[task]
    let rows = stage.rows
    let layer = network.layers[tile.layer]
    layer.parameterGradient(
      activationGradient(tile.layer + 1, rows: rows).readOnly, x: activation(tile.layer, rows: rows).readOnly,
      units: tile.units, pass(tile.layer, rows: 0..<rows, columns: 0..<layer.inputSize, worker))
    if let contraction, contraction.concerns(tile.layer) {
      for range in tile.ranges {
        let range = range.range
        accumulate(
          contraction.gradient.view(rows: 1, columns: range.count, offset: range.lowerBound).readOnly,
          into: gradient.view(rows: 1, columns: range.count, offset: range.lowerBound))
      }
    }
    if let onGradient { for range in tile.ranges { onGradient(range) } }
  }

  private func pass(_ index: Int, rows: Range<Int>, columns: Range<Int>, _ worker: Int) -> Pass<S> {
    let noise = noise(index, rows: rows).readOnly
    return Pass(
      parameters: parameters.row.readOnly, gradient: gradient.row,
      noise: stage.hasNoise ? noise : noise.columns(0..<0), scratch: scratch(index, rows: rows),
      work: workspace.work[worker].row, batch: stage.rows, columns: columns)
  }

  private func activation(_ index: Int, rows: Int) -> MutableMatrixView<S> {
    workspace.activations[index].view(rows: rows, columns: width(index))
  }

  private func activationGradient(_ index: Int, rows: Int) -> MutableMatrixView<S> {
    workspace.gradients[index].view(rows: rows, columns: width(index))
  }

  private func noise(_ index: Int, rows: Range<Int>) -> MutableMatrixView<S> {
    let size = gradient.count > 0 ? network.layers[index].noiseSize : 0
    return workspace.noise[index].view(rows: workspace.capacity, columns: size).rows(rows)
  }

  private func scratch(_ index: Int, rows: Range<Int>) -> MutableMatrixView<S> {
    let size = network.layers[index].scratchSize
    return workspace.scratch[index].view(rows: workspace.capacity, columns: size).rows(rows)
  }

  /// Numbers per sample before layer `index`.
  private func width(_ index: Int) -> Int {
    index < network.layers.count ? network.layers[index].inputSize : network.layers[index - 1].outputSize
  }
}
