import Linalg

/// The stages of a batch and their tiles.
extension Propagation {
  /// Makes the bodies of all stages once, so that a step allocates nothing.
  func makeBodies() {
    forwardBodies = network.layers.indices.map { index in
      WorkerPool.Body { [unowned(unsafe) self] tile, worker in unsafe self.forwardTile(index, tile, worker) }
    }
    backwardBodies = network.layers.indices.map { index in
      WorkerPool.Body { [unowned(unsafe) self] tile, worker in unsafe self.backwardTile(index, tile, worker) }
    }
    drawBody = WorkerPool.Body { [unowned(unsafe) self] tile, worker in unsafe self.drawTile(tile, worker) }
    gradientBody = WorkerPool.Body { [unowned(unsafe) self] tile, worker in unsafe self.gradientTile(tile, worker) }
  }

  /// Runs layer `index` forward and adds the shares of the loss to `terms`.
  func forwardLayer(_ index: Int, samples: Int, withLoss: Bool, hasNoise: Bool) {
    let plan = plans[index]
    stage = Stage(samples: samples, withLoss: withLoss, hasNoise: hasNoise)
    stage.grid = TileGrid(
      rows: samples * multiplicity(index), columns: plan.outputSize, inner: plan.inputSize,
      splitsColumns: plan.cut.columns, splitsRows: plan.cut.rows)
    pool.run(tasks: stage.grid.count, forwardBodies[index])
    let shares = workspace.shares.view(rows: 2, columns: TileGrid.mostTiles)
    let terms = terms.row
    for tile in 0..<stage.grid.count {
      terms[0, index] += shares[0, tile]
      terms[0, network.layers.count] += shares[1, tile]
    }
  }

  private func forwardTile(_ index: Int, _ tile: Int, _ worker: Int) {
    let samples = stage.samples
    let (r, c) = (stage.grid.rowRange(tile), stage.grid.columnRange(tile))
    let layer = network.layers[index]
    let pass = pass(index, rows: r, columns: c, worker)
    let window = activation(index + 1, samples: samples).window(rows: expanded(r, by: index), columns: c)
    let shares = workspace.shares.view(rows: 2, columns: TileGrid.mostTiles)
    shares[0, tile] = layer.forward(activation(index, samples: samples).readOnly.rows(r), into: window, pass)
    shares[1, tile] = 0
    if stage.withLoss {
      let dy = activationGradient(index + 1, samples: samples).window(rows: r, columns: c)
      let targets = activation(0, samples: samples).columns(c).readOnly
      if stage.hasNoise, let lossTaker {
        lossTaker.evaluate(
          network.loss, window.readOnly, targets: targets, gradient: dy, rows: r, part: tile % stage.grid.columnTiles,
          parameters: pass.parameters)
      } else {
        shares[1, tile] = network.loss.evaluate(
          window.readOnly, target: targets.rows(r), gradient: dy, batch: samples, parameters: pass.parameters)
      }
      layer.backwardThroughActivation(dy, y: window.readOnly, pass)
    }
  }

  func backwardLayer(_ index: Int, samples: Int) {
    let plan = plans[index]
    stage.samples = samples
    stage.grid = TileGrid(
      rows: samples * multiplicity(index), columns: plan.inputSize, inner: plan.outputSize,
      splitsColumns: plan.cut.columns, splitsRows: plan.cut.rows)
    pool.run(tasks: stage.grid.count, backwardBodies[index])
  }

  private func backwardTile(_ index: Int, _ tile: Int, _ worker: Int) {
    let samples = stage.samples
    let (r, c) = (stage.grid.rowRange(tile), stage.grid.columnRange(tile))
    let dz = activationGradient(index + 1, samples: samples).rows(expanded(r, by: index)).readOnly
    let window = activationGradient(index, samples: samples).window(rows: r, columns: c)
    let input = activation(index, samples: samples).window(rows: r, columns: c).readOnly
    let layer = network.layers[index]
    if !hasPenalties && plans[index].isPenalty {
      window.copy(dz.columns(c))
    } else {
      layer.backward(dz, x: input, into: window, pass(index, rows: r, columns: c, worker))
    }
    // A layer that draws has no activation.
    if index == 0 || plans[index - 1].expansion > 1 { return }
    network.layers[index - 1].backwardThroughActivation(window, y: input, pass(index - 1, rows: r, columns: c, worker))
    for term in networkTerms {
      guard let more = term.preactivationGradient(index - 1, rows: samples) else { continue }
      accumulate(more.window(rows: r, columns: c), into: window)
    }
  }

  private func gradientTile(_ task: Int, _ worker: Int) {
    let tile = gradientTiles[task]
    let samples = stage.samples
    if tile.layer == network.layers.count {
      writeLossState()
    } else {
      let layer = network.layers[tile.layer]
      let rows = 0..<samples * multiplicity(tile.layer)
      layer.parameterGradient(
        activationGradient(tile.layer + 1, samples: samples).readOnly,
        x: activation(tile.layer, samples: samples).readOnly, units: tile.units,
        pass(tile.layer, rows: rows, columns: 0..<plans[tile.layer].inputSize, worker))
    }
    for term in networkTerms {
      guard let more = term.parameterGradient(tile.layer) else { continue }
      for range in tile.ranges {
        let range = range.range
        accumulate(
          more.view(rows: 1, columns: range.count, offset: range.lowerBound).readOnly,
          into: gradient.view(rows: 1, columns: range.count, offset: range.lowerBound))
      }
    }
    if let onGradient { for range in tile.ranges { onGradient(range) } }
  }

  private func writeLossState() {
    guard let state = network.loss.state else { return }
    let value = lossTaker?.lossForState ?? terms.row[0, network.layers.count]
    gradient.row[0, state.offset] = S(
      network.loss.nextState(Double(parameters.row[0, state.offset]), after: value, features: network.inputSize))
  }

  // MARK: - Windows on the memory

  func pass(_ index: Int, rows: Range<Int>, columns: Range<Int>, _ worker: Int) -> Pass<S> {
    let noise = noise(index, rows: rows).readOnly
    return Pass(
      parameters: parameters.row.readOnly, gradient: gradient.row,
      noise: stage.hasNoise ? noise : noise.columns(0..<0), scratch: scratch(index, rows: rows),
      work: workspace.work[worker].row, batch: stage.samples, columns: columns, annealing: annealing,
      labels: Pass.Labels(
        samples: workspace.labels.view(rows: workspace.labels.count, columns: 1).readOnly, firstRow: rows.lowerBound,
        multiplicity: multiplicity(index)))
  }

  /// Returns the number of rows that each sample has before layer `index`.
  private func multiplicity(_ index: Int) -> Int { stage.hasNoise ? network.multiplicities[index] : 1 }

  /// Returns the rows behind layer `index` that come from the rows `rows` before it.
  private func expanded(_ rows: Range<Int>, by index: Int) -> Range<Int> {
    let factor = stage.hasNoise ? plans[index].expansion : 1
    return rows.lowerBound * factor..<rows.upperBound * factor
  }

  func activation(_ index: Int, samples: Int) -> MutableMatrixView<S> {
    workspace.activations[index].view(rows: samples * multiplicity(index), columns: width(index))
  }

  func activationGradient(_ index: Int, samples: Int) -> MutableMatrixView<S> {
    workspace.gradients[index].view(rows: samples * multiplicity(index), columns: width(index))
  }

  func noise(_ index: Int, rows: Range<Int>) -> MutableMatrixView<S> {
    let size = gradient.count > 0 ? plans[index].memory.noise : 0
    return workspace.noise[index].view(rows: workspace.capacity * multiplicity(index), columns: size).rows(rows)
  }

  private func scratch(_ index: Int, rows: Range<Int>) -> MutableMatrixView<S> {
    let size = plans[index].memory.scratch
    return workspace.scratch[index].view(rows: workspace.capacity * multiplicity(index), columns: size).rows(rows)
  }

  /// Returns the number of numbers in a row before layer `index`.
  private func width(_ index: Int) -> Int {
    index < plans.count ? plans[index].inputSize : plans[index - 1].outputSize
  }
}
