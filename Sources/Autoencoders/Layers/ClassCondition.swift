import Linalg

/// Puts the sample's class c behind x as a unit vector of `classes` numbers, y = [x, e_c], so that the layers behind
/// depend on both (Sohn, Lee and Yan 2015).
public struct ClassCondition: Layer {
  public let inputSize: Int
  public let classes: Int
  public var outputSize: Int { inputSize + classes }
  public var role: LayerRole { .condition(classes: classes) }
  public var summary: String { "class of \(classes)" }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func forward<S: BLASScalar>(_ x: MatrixView<S>, into y: MutableMatrixView<S>, _ pass: Pass<S>) -> Double {
    y.columns(0..<inputSize).copy(x)
    let units = y.columns(inputSize..<outputSize)
    units.fill(0)
    for row in 0..<x.rows { units[row, pass.labels[row]] = 1 }
    return 0
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func backward<S: BLASScalar>(
    _ dz: MatrixView<S>, x: MatrixView<S>, into dx: MutableMatrixView<S>, _ pass: Pass<S>
  ) {
    dx.copy(dz.columns(0..<inputSize))
  }
}

/// The kind of `ClassCondition`, whose text form is `class:10` for 10 classes.
public struct ClassConditionKind: LayerKind {
  public static let form = LayerForm(
    name: "class", arguments: ":COUNT", summary: "the sample's class, of so many, beside what comes in")
  let classes: Int

  /// The largest number of classes that a network may tell apart.
  package static let most = 10_000

  public init(_ arguments: inout LayerArguments) throws(InvalidArgument) {
    classes = try arguments.integer(try arguments.required("COUNT"), "the number of classes", in: 1...Self.most)
  }

  init(classes: Int) { self.classes = classes }

  public var arguments: [String] { ["\(classes)"] }

  public func layer(at site: LayerSite, in layout: inout ParameterLayout) throws(InvalidArgument) -> any Layer {
    ClassCondition(inputSize: site.input.size, classes: classes)
  }
}

extension LayerSpec {
  /// Returns a layer that puts the sample's class, one of `classes`, behind its input.
  public static func classCondition(_ classes: Int) -> LayerSpec { LayerSpec(ClassConditionKind(classes: classes)) }
}
