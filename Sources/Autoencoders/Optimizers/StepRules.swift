import Linalg

/// Says how a step on a batch updates a network's parameters: by a rule for each number, and where there is one, by
/// another rule for whole weight matrices.
public struct StepRules: Sendable, Equatable {
  /// The rule for parameters that are no matrix or that `matrices` does not take.
  public let elementwise: any ElementwiseRule
  public let matrices: (any MatrixRule)?
  /// The factor between the learning rate of `elementwise` and the named one; decoupled decay goes with it.
  public let elementwiseRate: Double

  public init(_ elementwise: any ElementwiseRule, matrices: (any MatrixRule)? = nil, elementwiseRate: Double = 1) {
    self.elementwise = elementwise
    self.matrices = matrices
    self.elementwiseRate = elementwiseRate
  }

  public static func == (a: StepRules, b: StepRules) -> Bool {
    a.elementwise.equals(b.elementwise) && a.elementwiseRate == b.elementwiseRate
      && (a.matrices == nil) == (b.matrices == nil)
      && (a.matrices.map { $0.equals(b.matrices!) } ?? true)
  }

  /// Returns the weights of a network that `matrices` takes.
  func matrices(of network: Autoencoder) -> [TakenMatrix] {
    guard let matrices else { return [] }
    switch matrices.takes {
    case .all: return network.layout.parameters.filter(\.isWeightMatrix).map { TakenMatrix(weight: $0) }
    case .inner:
      let layers = network.layers.map { $0.parameters.filter(\.isWeightMatrix) }.filter { !$0.isEmpty }
      return layers.dropFirst().dropLast().joined().map { TakenMatrix(weight: $0) }
    case .linearMaps:
      return network.layers.indices.flatMap { layer in
        network.layers[layer].linearMaps.map { TakenMatrix(weight: $0.weight, map: $0, layer: layer) }
      }
    }
  }

  /// Returns the number of numbers that are remembered for each tensor of a network.
  func stateCounts(_ network: Autoencoder) -> [Int] {
    let taken = matrices(of: network)
    return network.layout.parameters.map { parameter in
      if taken.contains(where: { $0.weight == parameter }) {
        return matrices!.stateCount(rows: parameter.rows, columns: parameter.columns)
      }
      let isTaken = taken.contains { $0.map?.bias == parameter }
      return isTaken || parameter.isState ? 0 : elementwise.stateVectors * parameter.count
    }
  }
}

/// A weight that a matrix rule takes; for rules that take linear maps it has its map and layer.
struct TakenMatrix {
  let weight: Parameter
  var map: LinearMap?
  var layer: Int?
}

/// The facts of a training step that rules need.
public struct OptimizerStep: Sendable {
  /// The number of this step, counted from 1.
  public let number: Int
  public let learningRate: Double
  /// The factor that the gradient is multiplied by first; it is below 1 where its norm was clipped.
  public let gradientScale: Double

  public init(number: Int, learningRate: Double, gradientScale: Double = 1) {
    self.number = number
    self.learningRate = learningRate
    self.gradientScale = gradientScale
  }

  /// Returns the step with `factor` times the learning rate.
  func scaled(by factor: Double) -> OptimizerStep {
    OptimizerStep(number: number, learningRate: learningRate * factor, gradientScale: gradientScale)
  }
}
