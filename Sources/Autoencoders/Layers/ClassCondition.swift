import Linalg

/// y = [x, e_c]: puts the sample's class c behind x as a unit vector of `classes` numbers, so that what follows depends on
/// both (Sohn, Lee and Yan 2015).
public struct ClassCondition: Layer {
  public let inputSize: Int
  public let classes: Int
  public var outputSize: Int { inputSize + classes }
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
