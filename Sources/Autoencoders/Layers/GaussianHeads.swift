import Linalg

/// The two linear heads of a variational encoder: y = [μ, v], v = log σ², of q(z|x) = N(μ, diag eᵛ); side by side, so that
/// they are one product. Stored as two layers, `encoder.mean` and `encoder.log_variance`.
public struct GaussianHeads: Layer {
  /// d, the size of the code.
  public let latent: Int
  public let parameters: [Parameter]
  /// Both at once: weights and biases of one follow those of the other.
  private let dense: Dense

  public var summary: String { "Gaussian \(inputSize)→2·\(latent)" }
  public var inputSize: Int { dense.inputSize }
  public var outputSize: Int { dense.outputSize }
  public var splitsColumns: Bool { true }
  public var units: Int { dense.units }
  public var linearMaps: [LinearMap] {
    [0, 1].map {
      LinearMap(weight: parameters[$0], bias: parameters[2 + $0], outputs: $0 * latent..<($0 + 1) * latent)
    }
  }

  /// Places the tensors, named `part`.mean and `part`.log_variance, behind what `layout` holds.
  package init(
    inputs: Int, latent: Int, start: Start, part: String, inputImage: Volume? = nil, in layout: inout ParameterLayout
  ) {
    self.latent = latent
    let bound = start.bound(inputs: inputs, outputs: latent, activation: .identity)
    let heads = ["\(part).mean", "\(part).log_variance"]
    let weights = heads.map {
      layout.add(
        "\($0).weight", shape: [latent, inputs], images: [nil, inputImage], startBound: bound, decays: true)
    }
    let biases = heads.map { layout.add("\($0).bias", shape: [latent], startBound: 0, decays: false) }
    parameters = weights + biases
    dense = Dense(inputs: inputs, outputs: 2 * latent, weightAt: weights[0].offset, biasAt: biases[0].offset)
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func forward<S: BLASScalar>(_ x: MatrixView<S>, into y: MutableMatrixView<S>, _ pass: Pass<S>) -> Double {
    dense.forward(x, into: y, pass)
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func backward<S: BLASScalar>(
    _ dz: MatrixView<S>, x: MatrixView<S>, into dx: MutableMatrixView<S>, _ pass: Pass<S>
  ) {
    dense.backward(dz, x: x, into: dx, pass)
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func parameterGradient<S: BLASScalar>(
    _ dz: MatrixView<S>, x: MatrixView<S>, units: Range<Int>, _ pass: Pass<S>
  ) {
    dense.parameterGradient(dz, x: x, units: units, pass)
  }

  public func parameterRanges(units: Range<Int>) -> [ParameterRange] { dense.parameterRanges(units: units) }
}
