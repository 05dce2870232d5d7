import Linalg

/// The identity y = x with the penalty λ/B Σ |x|, summed over units and averaged over the batch (as in the LASSO,
/// Tibshirani 1996). Behind a layer of rectified units the penalty makes most of them exactly 0.
public struct L1Penalty: Layer {
  public let weight: Double
  public let inputSize: Int
  public var outputSize: Int { inputSize }
  public var summary: String { "L1 penalty \(weight)" }
  public var role: LayerRole { .penalty(.init("l1", makesSparse: true)) }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func forward<S: BLASScalar>(_ x: MatrixView<S>, into y: MutableMatrixView<S>, _ pass: Pass<S>) -> Double {
    y.copy(x)
    return weight * sumOfMagnitudes(x) / Double(pass.batch)
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func backward<S: BLASScalar>(
    _ dz: MatrixView<S>, x: MatrixView<S>, into dx: MutableMatrixView<S>, _ pass: Pass<S>
  ) {
    // ∂L/∂x = ∂L/∂y + λ/B sign x; the derivative does not exist at 0, where sign x = 0 is taken
    let slope = S.Vector(S(weight) / S(pass.batch))
    zip(dz, x, into: dx) { d, x in
      d + S.Vector(0).replacing(with: slope, where: x > 0).replacing(with: -slope, where: x < 0)
    }
  }
}

/// The kind of `L1Penalty`, whose text form is `l1:0.01` for λ = 0.01.
public struct L1Kind: LayerKind {
  public static let form = LayerForm(
    name: "l1", arguments: ":λ", summary: "the penalty λ Σ |a| on what comes in")
  let weight: Double

  public init(_ arguments: inout LayerArguments) throws(InvalidArgument) {
    weight = try arguments.number(try arguments.required("λ"), "λ", in: 0...1e9)
  }

  init(weight: Double) { self.weight = weight }

  public var arguments: [String] { ["\(weight)"] }

  public func layer(at site: LayerSite, in layout: inout ParameterLayout) throws(InvalidArgument) -> any Layer {
    L1Penalty(weight: weight, inputSize: site.input.size)
  }
}

extension LayerSpec {
  /// Returns a layer with the penalty λ Σ |a| on its input.
  public static func l1(_ weight: Double) -> LayerSpec { LayerSpec(L1Kind(weight: weight)) }
}
