import Linalg

/// Gradients for targets that the network itself thinks likely. They give the Fisher matrix F = E[∇ℓ ∇ℓᵀ], whose mean
/// is over samples and over targets drawn from the output's distribution, not over the targets of the data (Martens
/// 2020, section 11).
extension Propagation {
  /// Turns the gradients of all activations into those for drawn targets. It is called after `loss` and
  /// `parameterGradients`.
  ///
  /// Where the loss has no distribution, or samples have several draws, the gradients stay those for the targets of the
  /// data.
  package func drawTargets(rows: Int, seed: UInt64, step: Int) {
    let last = network.layers.count - 1
    if stage.hasNoise && network.multiplicities[last + 1] > 1 { return }
    draw = Draw(seed: seed, step: step)
    stage.samples = rows
    guard network.loss.hasDistribution else { return }
    pool.run(tasks: (rows + Self.drawBlock - 1) / Self.drawBlock, drawBody)
    backward(rows: rows)
  }

  private static var drawBlock: Int { 32 }

  struct Draw {
    var seed: UInt64 = 0
    var step = 0
  }

  func drawTile(_ task: Int, _ worker: Int) {
    let samples = stage.samples
    let last = network.layers.count - 1
    let layer = network.layers[last]
    let rows = task * Self.drawBlock..<min((task + 1) * Self.drawBlock, samples)
    let y = output(of: last, rows: samples).rows(rows).readOnly
    let dy = activationGradient(last + 1, samples: samples).rows(rows)
    // Each block has its own stretch of the stream: a uniform number takes one word of it, a pair of normal numbers
    // two.
    let blocks = UInt64(Self.drawBlock * (layer.outputSize + 1)) / 4 + 1
    var random = RandomStream(
      seed: draw.seed, purpose: .targets, epoch: draw.step, position: UInt64(task) * blocks)
    network.loss.drawnGradient(
      y, into: dy, batch: samples, parameters: parameters.row.readOnly, using: &random)
    layer.backwardThroughActivation(dy, y: y, pass(last, rows: rows, columns: 0..<layer.outputSize, worker))
  }
}
