import CBLASShim

/// Says whether a product takes a matrix as it lies or its transpose.
public enum Transposed: Sendable {
  case no
  case yes

  @inlinable var cblas: CBLAS_TRANSPOSE { self == .yes ? CblasTrans : CblasNoTrans }
}

/// Returns what a routine of LAPACK reports: 0, minus the number of a wrong argument, or a failure of the numbers. The
/// process ends where the routine got no working memory (`Scarcity`).
func lapackInfo(_ info: Int32) -> Int {
  // LAPACKE reports −1010 and −1011 where it gets no memory to work with or to transpose in.
  if info == -1010 || info == -1011 { Scarcity.end("working memory of LAPACK", bytes: nil) }
  return Int(info)
}

/// A triangle of a square matrix; it includes the diagonal.
public enum Triangle: Sendable {
  case upper
  case lower

  @inlinable var cblas: CBLAS_UPLO { self == .upper ? CblasUpper : CblasLower }
}

/// Says on which side of a product a matrix stands.
public enum Side: Sendable {
  case left
  case right

  @inlinable var cblas: CBLAS_SIDE { self == .left ? CblasLeft : CblasRight }
}

/// A scalar that BLAS and LAPACK compute with: `Float` or `Double`.
///
/// Training runs in `Float`; the same generic code is checked in `Double`. Loops over many numbers are written in
/// `Vector`; the functions of this protocol take one number.
public protocol BLASScalar: BinaryFloatingPoint, Sendable, BLASRoutines {
  associatedtype Vector: ScalarVector where Vector.Scalar == Self
  /// eˣ.
  static func exp(_ x: Self) -> Self
  /// ln x, which is −∞ at 0 and NaN below 0.
  static func log(_ x: Self) -> Self
  /// ln(1 + x); the result is exact to rounding for small x.
  static func log1p(_ x: Self) -> Self
  /// tanh x.
  static func tanh(_ x: Self) -> Self
  /// σ(x) = 1 / (1 + e⁻ˣ).
  static func sigmoid(_ x: Self) -> Self
  /// ln(1 + eˣ); the result is finite for every finite x.
  static func softplus(_ x: Self) -> Self
}

/// The routines of BLAS and LAPACK that the module calls, on row-major storage; `BLASScalar` is the public name.
///
/// Pointers and leading dimensions mean what they mean in the reference documentation of each routine.
public protocol BLASRoutines {
  static func gemm(
    _ transposeA: Transposed, _ transposeB: Transposed, _ m: Int, _ n: Int, _ k: Int, _ alpha: Self,
    _ a: UnsafePointer<Self>, _ lda: Int, _ b: UnsafePointer<Self>, _ ldb: Int, _ beta: Self,
    _ c: UnsafeMutablePointer<Self>, _ ldc: Int)
  static func gemv(
    _ transposeA: Transposed, _ m: Int, _ n: Int, _ alpha: Self, _ a: UnsafePointer<Self>, _ lda: Int,
    _ x: UnsafePointer<Self>, _ beta: Self, _ y: UnsafeMutablePointer<Self>)
  /// C ← α·AAᵀ + β·C, or AᵀA for AAᵀ. The routine writes `triangle` of C alone.
  static func syrk(
    _ triangle: Triangle, _ transposeA: Transposed, _ n: Int, _ k: Int, _ alpha: Self, _ a: UnsafePointer<Self>,
    _ lda: Int, _ beta: Self, _ c: UnsafeMutablePointer<Self>, _ ldc: Int)
  /// B ← op(A)⁻¹·B or B·op(A)⁻¹ of a lower triangular A; B is m × n.
  static func trsm(
    _ side: Side, _ transposeA: Transposed, _ m: Int, _ n: Int, _ a: UnsafePointer<Self>, _ lda: Int,
    _ b: UnsafeMutablePointer<Self>, _ ldb: Int)
  /// Factors a row-major A = QR. The routine calls LAPACK's `gelqf` on Aᵀ, since A read in column-major order is Aᵀ.
  static func geqrf(
    _ m: Int, _ n: Int, _ a: UnsafeMutablePointer<Self>, _ lda: Int, _ tau: UnsafeMutablePointer<Self>
  ) -> Int
  /// Makes Q of a row-major A that `geqrf` has factored, by LAPACK's `orglq` from what `gelqf` made.
  static func orgqr(
    _ m: Int, _ n: Int, _ k: Int, _ a: UnsafeMutablePointer<Self>, _ lda: Int, _ tau: UnsafePointer<Self>
  ) -> Int
  /// Factors A as the `geqrf` above does, in memory that the caller owns: `work` has `length` numbers, at least n, and
  /// 64n for speed. The `orgqr` below takes the same memory.
  static func geqrf(
    _ m: Int, _ n: Int, _ a: UnsafeMutablePointer<Self>, _ lda: Int, _ tau: UnsafeMutablePointer<Self>,
    work: UnsafeMutablePointer<Self>, _ length: Int
  ) -> Int
  static func orgqr(
    _ m: Int, _ n: Int, _ k: Int, _ a: UnsafeMutablePointer<Self>, _ lda: Int, _ tau: UnsafePointer<Self>,
    work: UnsafeMutablePointer<Self>, _ length: Int
  ) -> Int
  /// [R; B] = Q·[R'; 0] in column-major order: R (n × n, upper triangular) becomes R', and B (m × n) is used up.
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
  /// Decomposes A as the `syevd` above does, in memory that the caller owns: `work` has 1 + 6n + 2n² numbers, `indices`
  /// has 3 + 5n.
  static func syevd(
    _ n: Int, _ a: UnsafeMutablePointer<Self>, _ lda: Int, _ w: UnsafeMutablePointer<Self>,
    work: UnsafeMutablePointer<Self>, indices: UnsafeMutablePointer<Int32>
  ) -> Int
  /// Finds the `k` largest eigenvalues of a symmetric A, ascending, and their eigenvectors as the rows of `z` (k × n).
  static func syevr(
    _ n: Int, _ k: Int, _ a: UnsafeMutablePointer<Self>, _ lda: Int, _ w: UnsafeMutablePointer<Self>,
    _ z: UnsafeMutablePointer<Self>
  ) -> Int
  static func gesdd(
    _ m: Int, _ n: Int, _ a: UnsafeMutablePointer<Self>, _ lda: Int, _ s: UnsafeMutablePointer<Self>,
    _ u: UnsafeMutablePointer<Self>, _ ldu: Int, _ vt: UnsafeMutablePointer<Self>, _ ldvt: Int
  ) -> Int
}
