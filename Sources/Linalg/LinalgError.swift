/// What a factorisation reports when the numbers do not allow it.
public enum LinalgError: Error, Equatable, CustomStringConvertible {
  /// An entry of the input is NaN or infinite; LAPACK's answer would be meaningless.
  case notFinite(routine: String)
  /// The leading minor of this order (counted from 1) is not positive.
  case notPositiveDefinite(order: Int)
  /// The iteration left this many off-diagonal entries above rounding.
  case notConverged(routine: String, remaining: Int)
  /// A triangular factor has a zero at this place (counted from 0) of its diagonal.
  case singular(index: Int)

  public var description: String {
    switch self {
    case .notFinite(let routine): "\(routine): the matrix holds NaN or infinite numbers"
    case .notPositiveDefinite(let order):
      "Cholesky: the matrix is not positive definite (leading minor of order \(order)); add a multiple of the identity"
    case .notConverged(let routine, let remaining):
      "\(routine): no convergence, \(remaining) off-diagonal entries did not vanish"
    case .singular(let index): "the triangular factor is singular: zero at place \(index) of its diagonal"
    }
  }
}

extension Matrix {
  func requireFinite(_ routine: String) throws(LinalgError) {
    if !withView({ allFinite($0) }) { throw .notFinite(routine: routine) }
  }
}
