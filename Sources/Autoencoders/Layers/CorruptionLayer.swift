import Linalg

/// `Corruption` as a layer: y is the corrupted x in training, and x itself where no noise was drawn.
public struct CorruptionLayer: Layer {
  public let corruption: Corruption
  public let inputSize: Int
  public var outputSize: Int { inputSize }
  public var role: LayerRole { .corruption(corruption) }
  public var memory: LayerMemory { LayerMemory(noise: inputSize) }
  public var summary: String { "noise \(corruption)" }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func drawNoise<S: BLASScalar>(into noise: MutableMatrixView<S>, using random: inout RandomStream) {
    corruption.draw(into: noise, using: &random)
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func forward<S: BLASScalar>(_ x: MatrixView<S>, into y: MutableMatrixView<S>, _ pass: Pass<S>) -> Double {
    if pass.hasNoise { corruption.apply(x, noise: pass.noise, into: y) } else { y.copy(x) }
    return 0
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func backward<S: BLASScalar>(
    _ dz: MatrixView<S>, x: MatrixView<S>, into dx: MutableMatrixView<S>, _ pass: Pass<S>
  ) {
    // ∂L/∂x = ∂L/∂y where the noise kept or shifted x, else 0.
    guard pass.hasNoise else { return dx.copy(dz) }
    switch corruption {
    case .gaussian, .uniform: dx.copy(dz)
    case .masking: zip(dz, pass.noise, into: dx) { d, keep in d * keep }
    case .saltAndPepper:
      zip(dz, pass.noise, into: dx) { d, value in S.Vector(0).replacing(with: d, where: value < 0) }
    }
  }
}

/// The kind of `CorruptionLayer`, whose text form is `noise:masking:0.5`.
public struct CorruptionKind: LayerKind {
  public static let form = LayerForm(
    name: "noise", arguments: ":gaussian:σ|:masking:p|:salt-and-pepper:p|:uniform:w",
    summary: "noise on what comes in, while training")
  let corruption: Corruption

  public init(_ arguments: inout LayerArguments) throws(InvalidArgument) {
    let text = try arguments.required("the kind of noise") + ":" + (try arguments.required("the amount of noise"))
    guard let corruption = Corruption(text) else {
      throw InvalidArgument("there is no noise '\(text)'; known are \(Corruption.kinds)")
    }
    self.corruption = corruption
  }

  init(corruption: Corruption) { self.corruption = corruption }

  public var arguments: [String] { [corruption.description] }

  public func layer(at site: LayerSite, in layout: inout ParameterLayout) throws(InvalidArgument) -> any Layer {
    CorruptionLayer(corruption: corruption, inputSize: site.input.size)
  }
}

extension LayerSpec {
  /// Returns a layer that adds noise to its input in training.
  public static func corruption(_ corruption: Corruption) -> LayerSpec {
    LayerSpec(CorruptionKind(corruption: corruption))
  }
}
