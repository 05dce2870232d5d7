import Files
import Linalg

extension Trainer {
  /// Refuses a training whose memory the budget does not have: parameters and gradient, what the optimizer remembers
  /// and works with, and the activations of a batch.
  /// - Throws: `MemoryError`, `InvalidArgument` for matrices that are too large for the optimizer at any memory.
  func requireMemory(_ model: Model, samples: Int) throws {
    let network = model.network
    let rules = options.optimizer.rules
    var estimate = MemoryEstimate()
    // θ lies in the model, in the state as the present and as the best, and where it is trained, beside its gradient.
    estimate.add(5, network.layout.count, of: Float.self)
    // What the optimizer remembers is copied to the state after an epoch.
    estimate.add(2, options.stateCount(network), of: Float.self)
    if let rules {
      for matrix in rules.matrices(of: network) {
        estimate.add(
          rules.matrices!.workCount(rows: matrix.weight.rows, columns: matrix.weight.columns), of: Float.self)
      }
    } else {
      estimate.add(4, network.layout.count, of: Float.self)
    }
    estimate.add(
      Workspace<Float>.memory(
        network, capacity: min(options.batch, samples), layers: network.layers.indices, training: true, workers: threads
      ))
    try estimate.require(
      for: "training \(network.layout.count) parameters with the optimizer '\(options.optimizer.name)' in batches of "
        + "\(min(options.batch, samples))")
    if let rule = rules?.matrices {
      let side = rules!.matrices(of: network).map { max($0.weight.rows, $0.weight.columns) }.max() ?? 0
      if side > rule.largestSide {
        throw InvalidArgument(
          "optimizer", options.optimizer.name,
          expected:
            "takes weight matrices of up to \(rule.largestSide) rows or columns; this network has one of \(side)")
      }
    }
  }
}
