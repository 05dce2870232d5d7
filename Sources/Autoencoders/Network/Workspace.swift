import Linalg

/// The memory of a run: activations, their gradients, noise and scratch for up to `capacity` samples, allocated once.
///
/// Owned by whoever runs the network; tiles of one batch write disjoint windows of it. Not for two runs at a time.
package final class Workspace<S: BLASScalar> {
  public let capacity: Int
  /// `activations[0]` is the input x, `activations[l + 1]` the output of layer l.
  let activations: [Buffer<S>]
  /// `gradients[l + 1]` is ∂L/∂ of layer l's output, then of what its activation was applied to; empty without training.
  let gradients: [Buffer<S>]
  let noise: [Buffer<S>]
  let scratch: [Buffer<S>]
  /// The samples' classes, for networks that have them.
  let labels: Buffer<S>
  /// By worker: what a layer's call works with.
  let work: [Buffer<S>]
  /// By the tiles of the stage at hand: the layer's own share of the loss, and the loss against the target; added up in
  /// their order.
  let shares: Buffer<Double>

  /// For `capacity` samples through `layers` of the network by `workers`; `training` adds the memory of the backward pass.
  init(_ network: Autoencoder, capacity: Int, layers: Range<Int>, training: Bool, workers: Int) {
    precondition(capacity > 0, "Workspace: a capacity of \(capacity)")
    self.capacity = capacity
    let all = network.layers
    // The sizes between layers: before each, and behind the last.
    let widths = all.map(\.inputSize) + [all[all.count - 1].outputSize]
    // Draws are for training.
    let rows = network.multiplicities.map { training ? capacity * $0 : capacity }
    activations = widths.indices.map { index in
      let isUsed = index >= layers.lowerBound && index <= layers.upperBound
      return Buffer(count: isUsed ? rows[index] * widths[index] : 0)
    }
    gradients = training ? activations.map { Buffer(count: $0.count) } : []
    noise = all.indices.map { Buffer(count: training && layers.contains($0) ? capacity * all[$0].memory.noise : 0) }
    scratch = all.indices.map { Buffer(count: layers.contains($0) ? rows[$0] * all[$0].memory.scratch : 0) }
    labels = Buffer(count: network.classes == nil ? 0 : capacity)
    let largest = all[layers].map(\.memory.work).max() ?? 0
    work = (0..<workers).map { _ in Buffer(count: largest) }
    shares = Buffer(count: 2 * TileGrid.mostTiles)
  }
}
