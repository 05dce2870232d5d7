import Linalg

/// The two linear heads of a variational encoder: y = [μ, v] with v = log σ², for q(z|x) = N(μ, diag eᵛ). They lie side
/// by side, so that one product computes both, and are stored as two layers, `encoder.mean` and `encoder.log_variance`.
public struct GaussianHeads: Layer {
  /// The size d of the code.
  public let latent: Int
  public let parameters: [Parameter]
  /// Both heads as one layer, since the weights and the biases of the second head follow those of the first.
  private let dense: Dense

  public var role: LayerRole { .heads(latent: latent) }
  public var summary: String { "Gaussian \(inputSize)→2·\(latent)" }
  public var inputSize: Int { dense.inputSize }
  public var outputSize: Int { dense.outputSize }
  public var cut: LayerCut { dense.cut }
  public var linearMaps: [LinearMap] {
    [0, 1].map {
      LinearMap(weight: parameters[$0], bias: parameters[2 + $0], outputs: $0 * latent..<($0 + 1) * latent)
    }
  }

  /// Creates the heads and places their tensors, named `part`.mean and `part`.log_variance, behind what `layout` holds.
  package init(
    inputs: Int, latent: Int, start: Start, part: String, inputImage: Volume? = nil, in layout: inout ParameterLayout
  ) {
    self.latent = latent
    let bound = start.bound(inputs: inputs, outputs: latent, activation: .identity)
    let heads = ["\(part).mean", "\(part).log_variance"]
    let units = [0..<latent, latent..<2 * latent]
    let weights = Swift.zip(heads, units).map {
      layout.add(
        "\($0).weight", shape: [latent, inputs], images: [nil, inputImage], startBound: bound, decays: true, units: $1)
    }
    let biases = Swift.zip(heads, units).map {
      layout.add("\($0).bias", shape: [latent], startBound: 0, decays: false, units: $1)
    }
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
}

/// The kind of `GaussianHeads`, whose text form is `gaussian-heads:20` for a code of 20 numbers.
public struct GaussianHeadsKind: LayerKind {
  public static let form = LayerForm(
    name: "gaussian-heads", arguments: ":LATENT",
    summary: "means and log-variances of a code, the heads of a variational encoder")
  let latent: Int

  public init(_ arguments: inout LayerArguments) throws(InvalidArgument) {
    latent = try arguments.integer(try arguments.required("LATENT"), "the size", in: 1...LayerSpec.largestSize)
  }

  init(latent: Int) { self.latent = latent }

  public var arguments: [String] { ["\(latent)"] }

  public func layer(at site: LayerSite, in layout: inout ParameterLayout) throws(InvalidArgument) -> any Layer {
    if layout.parameters.contains(where: { $0.name == "\(site.part).mean.weight" }) {
      throw InvalidArgument("there are heads in front of it already")
    }
    return GaussianHeads(
      inputs: site.input.size, latent: latent, start: site.start, part: site.part, inputImage: site.flattenedImage,
      in: &layout)
  }
}

extension LayerSpec {
  /// Returns the heads of a variational encoder: means and log-variances of a code of `latent` numbers.
  public static func gaussianHeads(_ latent: Int) -> LayerSpec { LayerSpec(GaussianHeadsKind(latent: latent)) }
}
