import CBLASShim

/// Whether a product takes a matrix as it lies or its transpose.
public enum Transposed: Sendable {
  case no
  case yes

  @inlinable var cblas: CBLAS_TRANSPOSE { self == .yes ? CblasTrans : CblasNoTrans }
}

/// A triangle of a square matrix, the diagonal included.
public enum Triangle: Sendable {
  case upper
  case lower

  @inlinable var cblas: CBLAS_UPLO { self == .upper ? CblasUpper : CblasLower }
}

/// On which side of a product a matrix stands.
public enum Side: Sendable {
  case left
  case right

  @inlinable var cblas: CBLAS_SIDE { self == .left ? CblasLeft : CblasRight }
}

/// A scalar that BLAS and LAPACK compute with: `Float` or `Double`.
///
/// Training runs in `Float`; the same generic code is checked in `Double`. Loops over many numbers are written in
/// `Vector`; the functions here are for one.
public protocol BLASScalar: BinaryFloatingPoint, Sendable, BLASRoutines {
  associatedtype Vector: ScalarVector where Vector.Scalar == Self
  /// eˣ.
  static func exp(_ x: Self) -> Self
  /// ln x; −∞ at 0, NaN below.
  static func log(_ x: Self) -> Self
  /// ln(1 + x), exact to rounding for small x.
  static func log1p(_ x: Self) -> Self
  /// tanh x.
  static func tanh(_ x: Self) -> Self
  /// σ(x) = 1 / (1 + e⁻ˣ).
  static func sigmoid(_ x: Self) -> Self
  /// ln(1 + eˣ), finite for every finite x.
  static func softplus(_ x: Self) -> Self
}

/// The routines of BLAS and LAPACK that the module calls, on row-major storage; `BLASScalar` is the public name.
///
/// Pointers and leading dimensions as in the reference documentation of each routine.
public protocol BLASRoutines {
  static func gemm(
    _ transposeA: Transposed, _ transposeB: Transposed, _ m: Int, _ n: Int, _ k: Int, _ alpha: Self,
    _ a: UnsafePointer<Self>, _ lda: Int, _ b: UnsafePointer<Self>, _ ldb: Int, _ beta: Self,
    _ c: UnsafeMutablePointer<Self>, _ ldc: Int)
  static func gemv(
    _ transposeA: Transposed, _ m: Int, _ n: Int, _ alpha: Self, _ a: UnsafePointer<Self>, _ lda: Int,
    _ x: UnsafePointer<Self>, _ beta: Self, _ y: UnsafeMutablePointer<Self>)
  /// Writes one triangle of C.
  static func syrk(
    _ triangle: Triangle, _ transposeA: Transposed, _ n: Int, _ k: Int, _ alpha: Self, _ a: UnsafePointer<Self>,
    _ lda: Int, _ beta: Self, _ c: UnsafeMutablePointer<Self>, _ ldc: Int)
  /// B ← op(A)⁻¹·B or B·op(A)⁻¹ of a lower triangular A; B is m × n.
  static func trsm(
    _ side: Side, _ transposeA: Transposed, _ m: Int, _ n: Int, _ a: UnsafePointer<Self>, _ lda: Int,
    _ b: UnsafeMutablePointer<Self>, _ ldb: Int)
  /// QR of a row-major A: LAPACK's `gelqf` of Aᵀ, which is how A lies in column-major order.
  static func geqrf(
    _ m: Int, _ n: Int, _ a: UnsafeMutablePointer<Self>, _ lda: Int, _ tau: UnsafeMutablePointer<Self>
  ) -> Int
  /// Q of a row-major A after `geqrf`: `orglq`.
  static func orgqr(
    _ m: Int, _ n: Int, _ k: Int, _ a: UnsafeMutablePointer<Self>, _ lda: Int, _ tau: UnsafePointer<Self>
  ) -> Int
  /// Both in memory of the caller's, `length` numbers: n or more, 64n for speed.
  static func geqrf(
    _ m: Int, _ n: Int, _ a: UnsafeMutablePointer<Self>, _ lda: Int, _ tau: UnsafeMutablePointer<Self>,
    work: UnsafeMutablePointer<Self>, _ length: Int
  ) -> Int
  static func orgqr(
    _ m: Int, _ n: Int, _ k: Int, _ a: UnsafeMutablePointer<Self>, _ lda: Int, _ tau: UnsafePointer<Self>,
    work: UnsafeMutablePointer<Self>, _ length: Int
  ) -> Int
  /// [R; B] = Q·[R'; 0] in column-major order: R (n × n) upper triangular becomes R', B (m × n) is used up.
  static func tpqrt(
    _ m: Int, _ n: Int, _ block: Int, _ r: UnsafeMutablePointer<Self>, _ ldr: Int, _ b: UnsafeMutablePointer<Self>,
    _ ldb: Int, _ t: UnsafeMutablePointer<Self>
  ) -> Int
  static func potrf(_ n: Int, _ a: UnsafeMutablePointer<Self>, _ lda: Int) -> Int
  static func trtrs(
    _ transpose: Transposed, _ n: Int, _ nrhs: Int, _ a: UnsafePointer<Self>, _ lda: Int,
    _ b: UnsafeMutablePointer<Self>, _ ldb: Int
  ) -> Int
  static func syevd(_ n: Int, _ a: UnsafeMutablePointer<Self>, _ lda: Int, _ w: UnsafeMutablePointer<Self>) -> Int
  /// The same in memory of the caller's: 1 + 6n + 2n² numbers and 3 + 5n indices.
  static func syevd(
    _ n: Int, _ a: UnsafeMutablePointer<Self>, _ lda: Int, _ w: UnsafeMutablePointer<Self>,
    work: UnsafeMutablePointer<Self>, indices: UnsafeMutablePointer<Int32>
  ) -> Int
  /// The `k` largest eigenvalues of a symmetric A, ascending, and their eigenvectors as the rows of `z` (k × n).
  static func syevr(
    _ n: Int, _ k: Int, _ a: UnsafeMutablePointer<Self>, _ lda: Int, _ w: UnsafeMutablePointer<Self>,
    _ z: UnsafeMutablePointer<Self>
  ) -> Int
  static func gesdd(
    _ m: Int, _ n: Int, _ a: UnsafeMutablePointer<Self>, _ lda: Int, _ s: UnsafeMutablePointer<Self>,
    _ u: UnsafeMutablePointer<Self>, _ ldu: Int, _ vt: UnsafeMutablePointer<Self>, _ ldvt: Int
  ) -> Int
}
