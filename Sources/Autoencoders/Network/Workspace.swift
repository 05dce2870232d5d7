import Linalg

/// The memory of a run, allocated once: activations, their gradients, noise and scratch for up to `capacity` samples.
///
/// The workspace is owned by whoever runs the network, and serves one run at a time. The tiles of a batch write
/// disjoint windows of it.
package final class Workspace<S: BLASScalar> {
  public let capacity: Int
  /// `activations[0]` is the input x, and `activations[l + 1]` is the output of layer l.
  let activations: [Buffer<S>]
  /// `gradients[l + 1]` is first ∂L/∂y of layer l, then ∂L/∂z before its activation; the array is empty without
  /// training.
  let gradients: [Buffer<S>]
  let noise: [Buffer<S>]
  let scratch: [Buffer<S>]
  /// The samples' classes, in networks that have classes.
  let labels: Buffer<S>
  /// The working memory of each worker, for one call of a layer.
  let work: [Buffer<S>]
  /// The shares of the loss by tile of the stage at hand, in the order in which they are added: the layer's own in one
  /// row, the loss against the target in the other.
  let shares: Buffer<Double>

  /// Allocates memory for `capacity` samples through `layers` of the network by `workers` workers; `training` adds that
  /// of the backward pass.
  init(_ network: Autoencoder, capacity: Int, layers: Range<Int>, training: Bool, workers: Int) {
    precondition(capacity > 0, "Workspace: a capacity of \(capacity)")
    self.capacity = capacity
    let all = network.layers
    // These are the sizes before each layer and behind the last.
    let widths = all.map(\.inputSize) + [all[all.count - 1].outputSize]
    // Samples have several draws in training alone.
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

  /// Returns the memory that `init` with these arguments takes, and the terms of the whole network beside it.
  static func memory(
    _ network: Autoencoder, capacity: Int, layers: Range<Int>, training: Bool, workers: Int
  ) -> MemoryEstimate {
    var estimate = MemoryEstimate()
    let all = network.layers
    for index in layers.lowerBound...layers.upperBound {
      let width = index < all.count ? all[index].inputSize : all[index - 1].outputSize
      let draws = training ? network.multiplicities[index] : 1
      estimate.add(training ? 2 : 1, capacity, draws, width, of: S.self)
      if index == layers.upperBound { break }
      estimate.add(capacity, draws, all[index].memory.scratch, of: S.self)
      if training { estimate.add(capacity, all[index].memory.noise, of: S.self) }
    }
    estimate.add(workers, all[layers].map(\.memory.work).max() ?? 0, of: S.self)
    if training && network.contraction != nil {
      estimate.add(network.layout.count, of: S.self)
      let sample = Contraction<S>.numbersPerSample(network)
      if sample > 0 { estimate.add(Contraction<S>.blockSize(network, capacity: capacity), sample, of: S.self) }
    }
    return estimate
  }
}
