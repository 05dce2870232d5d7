import Linalg

/// While training y = x ⊙ k/(1 − p), where each kᵢ is 0 with probability p and 1 otherwise; y = x elsewhere (Srivastava
/// et al. 2014, with the scale in training). The mean of y is x.
public struct Dropout: Layer {
  public let inputSize: Int
  /// p.
  public let share: Double

  public var outputSize: Int { inputSize }
  public var role: LayerRole { .corruption(nil) }
  public var summary: String { "dropout \(share)" }
  public var memory: LayerMemory { LayerMemory(noise: inputSize) }

  /// The noise is k/(1 − p).
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func drawNoise<S: BLASScalar>(into noise: MutableMatrixView<S>, using random: inout RandomStream) {
    random.fillUniform(noise, 0, 1)
    let (limit, kept) = (S.Vector(S(share)), S.Vector(S(1 / (1 - share))))
    transform(noise) { u in kept.replacing(with: 0, where: u < limit) }
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func forward<S: BLASScalar>(_ x: MatrixView<S>, into y: MutableMatrixView<S>, _ pass: Pass<S>) -> Double {
    if pass.hasNoise { zip(x, pass.noise, into: y) { x, k in x * k } } else { y.copy(x) }
    return 0
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func backward<S: BLASScalar>(
    _ dz: MatrixView<S>, x: MatrixView<S>, into dx: MutableMatrixView<S>, _ pass: Pass<S>
  ) {
    // ∂L/∂x = ∂L/∂y ⊙ k/(1 − p)
    if pass.hasNoise { zip(dz, pass.noise, into: dx) { d, k in d * k } } else { dx.copy(dz) }
  }
}

/// `dropout:0.2`.
public struct DropoutKind: LayerKind {
  public static let form = LayerForm(
    name: "dropout", arguments: ":p", summary: "numbers set to 0 with this probability while training, others scaled up"
  )
  let share: Double

  public init(_ arguments: inout LayerArguments) throws(InvalidArgument) {
    share = try arguments.number(try arguments.required("p"), "p", in: 0...0.99)
  }

  init(share: Double) { self.share = share }

  public var arguments: [String] { ["\(share)"] }

  public func layer(at site: LayerSite, in layout: inout ParameterLayout) throws(InvalidArgument) -> any Layer {
    Dropout(inputSize: site.input.size, share: share)
  }
}

extension LayerSpec {
  /// Numbers set to 0 with this probability while training, others scaled up so that the mean stays.
  public static func dropout(_ share: Double) -> LayerSpec { LayerSpec(DropoutKind(share: share)) }
}
