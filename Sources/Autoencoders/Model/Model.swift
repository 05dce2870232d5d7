import Datasets
import Files
import Linalg

/// A network with its parameters and the preparation of its data: it is what is trained, saved, and used.
public struct Model: Sendable {
  public let blueprint: Blueprint
  public let network: Autoencoder
  /// The parameters θ, in the order of `network.layout`. A change of θ clears `knowledge`.
  public var parameters: [Float] { didSet { knowledge = Knowledge() } }
  /// The seed of the initial parameters and of training.
  public let seed: UInt64
  /// The facts that are known of θ.
  package var knowledge = Knowledge()

  /// Creates a model of `blueprint` with the initial parameters of `seed`.
  /// - Throws: `InvalidArgument` for a blueprint whose parts do not go together.
  public init(_ blueprint: Blueprint, seed: UInt64 = 0) throws(InvalidArgument) {
    network = try blueprint.network()
    self.blueprint = blueprint
    self.seed = seed
    parameters = network.layout.initialValues(seed: seed)
  }

  /// Creates a model of `blueprint` with `parameters`; `network` must be the blueprint's network.
  package init(_ blueprint: Blueprint, _ network: Autoencoder, parameters: [Float], seed: UInt64) {
    precondition(parameters.count == network.layout.count, "Model: \(parameters.count) parameters")
    self.blueprint = blueprint
    self.network = network
    self.parameters = parameters
    self.seed = seed
  }

  /// The name of the recipe that the model comes from; "custom" where there is no recipe.
  public var name: String { blueprint.name }
  /// The shape of one sample.
  public var inputShape: [Int] { blueprint.inputShape }
  /// Says what is done to data before the network sees them.
  public var preparation: Preparation { blueprint.preparation }
  public var scaling: Scaling { preparation.scaling }

  /// Returns the values of the parameter `name` as the matrix that its layer sees; nil where there is no such
  /// parameter.
  public func tensor(_ name: String) -> Matrix<Float>? {
    network.layout.parameters.first { $0.name == name }.map {
      Matrix(rows: $0.rows, columns: $0.columns, values: Array(parameters[$0.offset..<$0.offset + $0.count]))
    }
  }

  /// Refuses data that the model cannot take: samples of another size, without classes, or outside of [0, 1].
  /// - Throws: `FileError` with the data's source and what was found.
  public func check(_ data: Dataset) throws(FileError) {
    try preparation.check(data, shape: inputShape, for: network)
  }

  /// Returns the least cross-entropy on `data` in nats, which is their own entropy: 0 for binary data. It is nil for
  /// losses that are not of probabilities.
  package func entropyFloor(of data: Dataset) -> Double? {
    if network.loss.link != .logistic || network.loss.isAbsent { return nil }
    return preparation.binarisation == nil ? data.meanEntropy : 0
  }
}
