/// A row-major matrix as a value, which is how matrices enter and leave the library.
public struct Matrix<S: BLASScalar>: Equatable, Sendable {
  public let rows: Int
  public let columns: Int
  /// The entries, row after row: entry (i, j) lies at i · columns + j.
  public private(set) var values: [S]

  /// Makes a `rows` × `columns` matrix of zeros.
  public init(rows: Int, columns: Int) {
    self.init(rows: rows, columns: columns, values: Array(repeating: 0, count: rows * columns))
  }

  public init(rows: Int, columns: Int, values: [S]) {
    precondition(rows >= 0 && columns >= 0, "Matrix: \(rows)×\(columns)")
    precondition(values.count == rows * columns, "Matrix: \(values.count) values for \(rows)×\(columns)")
    self.rows = rows
    self.columns = columns
    self.values = values
  }

  /// Returns the identity matrix of size `n`.
  public static func identity(_ n: Int) -> Matrix {
    var result = Matrix(rows: n, columns: n)
    for i in 0..<n { result[i, i] = 1 }
    return result
  }

  public subscript(row: Int, column: Int) -> S {
    get {
      precondition(row >= 0 && row < rows && column >= 0 && column < columns, "Matrix: index outside")
      return values[row * columns + column]
    }
    set {
      precondition(row >= 0 && row < rows && column >= 0 && column < columns, "Matrix: index outside")
      values[row * columns + column] = newValue
    }
  }

  public var transposed: Matrix {
    var result = Matrix(rows: columns, columns: rows)
    for i in 0..<rows { for j in 0..<columns { result[j, i] = self[i, j] } }
    return result
  }

  /// Returns the rows of a range as a matrix of their own.
  public func rows(_ range: Range<Int>) -> Matrix {
    precondition(range.lowerBound >= 0 && range.upperBound <= rows, "Matrix: rows \(range) of \(rows)")
    return Matrix(
      rows: range.count, columns: columns,
      values: Array(values[range.lowerBound * columns..<range.upperBound * columns]))
  }

  /// Calls `body` with a read-only view, which is valid during the call alone.
  public func withView<R>(_ body: (MatrixView<S>) throws -> R) rethrows -> R {
    try values.withUnsafeBufferPointer { pointer in
      try body(MatrixView(base: pointer.baseAddress ?? Self.nowhere, rows: rows, columns: columns, stride: columns))
    }
  }

  /// Calls `body` with a writable view, which is valid during the call alone.
  public mutating func withMutableView<R>(_ body: (MutableMatrixView<S>) throws -> R) rethrows -> R {
    try values.withUnsafeMutableBufferPointer { [rows, columns] pointer in
      let base = pointer.baseAddress ?? UnsafeMutablePointer(mutating: Self.nowhere)
      return try body(MutableMatrixView(base: base, rows: rows, columns: columns, stride: columns))
    }
  }

  /// An address for matrices without entries. It is aligned and never read.
  private static var nowhere: UnsafePointer<S> { UnsafePointer(bitPattern: 64)! }
}
