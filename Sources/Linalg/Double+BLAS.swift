import CBLASShim

extension Double: BLASRoutines {
  public static func gemm(
    _ transposeA: Transposed, _ transposeB: Transposed, _ m: Int, _ n: Int, _ k: Int, _ alpha: Double,
    _ a: UnsafePointer<Double>, _ lda: Int, _ b: UnsafePointer<Double>, _ ldb: Int, _ beta: Double,
    _ c: UnsafeMutablePointer<Double>, _ ldc: Int
  ) {
    cblas_dgemm(
      CblasRowMajor, transposeA.cblas, transposeB.cblas, Int32(m), Int32(n), Int32(k), alpha, a, Int32(lda), b,
      Int32(ldb), beta, c, Int32(ldc))
  }

  public static func gemv(
    _ transposeA: Transposed, _ m: Int, _ n: Int, _ alpha: Double, _ a: UnsafePointer<Double>, _ lda: Int,
    _ x: UnsafePointer<Double>, _ beta: Double, _ y: UnsafeMutablePointer<Double>
  ) {
    cblas_dgemv(CblasRowMajor, transposeA.cblas, Int32(m), Int32(n), alpha, a, Int32(lda), x, 1, beta, y, 1)
  }

  public static func syrk(
    _ triangle: Triangle, _ transposeA: Transposed, _ n: Int, _ k: Int, _ alpha: Double, _ a: UnsafePointer<Double>,
    _ lda: Int, _ beta: Double, _ c: UnsafeMutablePointer<Double>, _ ldc: Int
  ) {
    cblas_dsyrk(
      CblasRowMajor, triangle.cblas, transposeA.cblas, Int32(n), Int32(k), alpha, a, Int32(lda), beta, c, Int32(ldc))
  }

  public static func trsm(
    _ side: Side, _ transposeA: Transposed, _ m: Int, _ n: Int, _ a: UnsafePointer<Double>, _ lda: Int,
    _ b: UnsafeMutablePointer<Double>, _ ldb: Int
  ) {
    cblas_dtrsm(
      CblasRowMajor, side.cblas, CblasLower, transposeA.cblas, CblasNonUnit, Int32(m), Int32(n), 1, a, Int32(lda), b,
      Int32(ldb))
  }

  public static func geqrf(
    _ m: Int, _ n: Int, _ a: UnsafeMutablePointer<Double>, _ lda: Int, _ tau: UnsafeMutablePointer<Double>
  ) -> Int {
    lapackInfo(LAPACKE_dgelqf(LAPACK_COL_MAJOR, Int32(n), Int32(m), a, Int32(lda), tau))
  }

  public static func orgqr(
    _ m: Int, _ n: Int, _ k: Int, _ a: UnsafeMutablePointer<Double>, _ lda: Int, _ tau: UnsafePointer<Double>
  ) -> Int {
    lapackInfo(LAPACKE_dorglq(LAPACK_COL_MAJOR, Int32(n), Int32(m), Int32(k), a, Int32(lda), tau))
  }

  public static func geqrf(
    _ m: Int, _ n: Int, _ a: UnsafeMutablePointer<Double>, _ lda: Int, _ tau: UnsafeMutablePointer<Double>,
    work: UnsafeMutablePointer<Double>, _ length: Int
  ) -> Int {
    lapackInfo(LAPACKE_dgelqf_work(LAPACK_COL_MAJOR, Int32(n), Int32(m), a, Int32(lda), tau, work, Int32(length)))
  }

  public static func orgqr(
    _ m: Int, _ n: Int, _ k: Int, _ a: UnsafeMutablePointer<Double>, _ lda: Int, _ tau: UnsafePointer<Double>,
    work: UnsafeMutablePointer<Double>, _ length: Int
  ) -> Int {
    lapackInfo(
      LAPACKE_dorglq_work(
        LAPACK_COL_MAJOR, Int32(n), Int32(m), Int32(k), a, Int32(lda), tau, work, Int32(length)))
  }

  public static func tpqrt(
    _ m: Int, _ n: Int, _ block: Int, _ r: UnsafeMutablePointer<Double>, _ ldr: Int, _ b: UnsafeMutablePointer<Double>,
    _ ldb: Int, _ t: UnsafeMutablePointer<Double>
  ) -> Int {
    lapackInfo(
      LAPACKE_dtpqrt(
        LAPACK_COL_MAJOR, Int32(m), Int32(n), 0, Int32(block), r, Int32(ldr), b, Int32(ldb), t, Int32(block)))
  }

  public static func potrf(_ n: Int, _ a: UnsafeMutablePointer<Double>, _ lda: Int) -> Int {
    // The upper triangle of the column-major matrix is the lower one of ours, so LAPACKE need not transpose.
    lapackInfo(LAPACKE_dpotrf(LAPACK_COL_MAJOR, 85 /* U */, Int32(n), a, Int32(lda)))
  }

  public static func trtrs(
    _ transpose: Transposed, _ n: Int, _ nrhs: Int, _ a: UnsafePointer<Double>, _ lda: Int,
    _ b: UnsafeMutablePointer<Double>, _ ldb: Int
  ) -> Int {
    let flag: CChar = transpose == .yes ? 84 /* T */ : 78 /* N */
    return lapackInfo(
      LAPACKE_dtrtrs(
        LAPACK_ROW_MAJOR, 76 /* L */, flag, 78 /* N */, Int32(n), Int32(nrhs), a, Int32(lda), b, Int32(ldb)))
  }

  public static func syevd(
    _ n: Int, _ a: UnsafeMutablePointer<Double>, _ lda: Int, _ w: UnsafeMutablePointer<Double>
  ) -> Int {
    // A is symmetric, so column-major order is as good; the eigenvectors then come out as rows.
    lapackInfo(LAPACKE_dsyevd(LAPACK_COL_MAJOR, 86 /* V */, 76 /* L */, Int32(n), a, Int32(lda), w))
  }

  public static func syevd(
    _ n: Int, _ a: UnsafeMutablePointer<Double>, _ lda: Int, _ w: UnsafeMutablePointer<Double>,
    work: UnsafeMutablePointer<Double>, indices: UnsafeMutablePointer<Int32>
  ) -> Int {
    lapackInfo(
      LAPACKE_dsyevd_work(
        LAPACK_COL_MAJOR, 86 /* V */, 85 /* U */, Int32(n), a, Int32(lda), w, work, Int32(1 + 6 * n + 2 * n * n),
        indices, Int32(3 + 5 * n)))
  }

  public static func syevr(
    _ n: Int, _ k: Int, _ a: UnsafeMutablePointer<Double>, _ lda: Int, _ w: UnsafeMutablePointer<Double>,
    _ z: UnsafeMutablePointer<Double>
  ) -> Int {
    var found: Int32 = 0
    // LAPACK wants room for n eigenvalues, and two indices for each vector.
    var values = [Double](repeating: 0, count: n)
    var support = [Int32](repeating: 0, count: 2 * n)
    let info = LAPACKE_dsyevr(
      LAPACK_COL_MAJOR, 86 /* V */, 73 /* I */, 76 /* L */, Int32(n), a, Int32(lda), 0, 0, Int32(n - k + 1), Int32(n),
      0,
      &found, &values, z, Int32(n), &support)
    for i in 0..<k { w[i] = values[i] }
    return lapackInfo(info)
  }

  public static func gesdd(
    _ m: Int, _ n: Int, _ a: UnsafeMutablePointer<Double>, _ lda: Int, _ s: UnsafeMutablePointer<Double>,
    _ u: UnsafeMutablePointer<Double>, _ ldu: Int, _ vt: UnsafeMutablePointer<Double>, _ ldvt: Int
  ) -> Int {
    lapackInfo(
      LAPACKE_dgesdd(
        LAPACK_ROW_MAJOR, 83 /* S */, Int32(m), Int32(n), a, Int32(lda), s, u, Int32(ldu), vt, Int32(ldvt)))
  }
}
