/// Computes Σ over k of pᵢ[offsets[k]] · (row k) in registers, for six pointers pᵢ; all convolutions consist of this.
///
/// The rows begin at `rows` and are `stride` numbers apart; each is a vector, or a pair of vectors where `isPair` is
/// true. Twelve sums, two vectors and a number fill the sixteen registers of AVX2. `finish(i, a, b)` gets the sums of
/// pᵢ; b is 0 without pairs.
@inline(__always)
func sixSums<V: ScalarVector>(
  _ p: (
    UnsafePointer<V.Scalar>, UnsafePointer<V.Scalar>, UnsafePointer<V.Scalar>, UnsafePointer<V.Scalar>,
    UnsafePointer<V.Scalar>, UnsafePointer<V.Scalar>
  ),
  at offsets: UnsafePointer<Int>, count: Int, _ rows: UnsafePointer<V.Scalar>, stride: Int, isPair: Bool,
  _ finish: (Int, V, V) -> Void
) {
  let (p0, p1, p2, p3, p4, p5) = p
  var (a0, a1, a2): (V, V, V) = (0, 0, 0)
  var (a3, a4, a5): (V, V, V) = (0, 0, 0)
  var (b0, b1, b2): (V, V, V) = (0, 0, 0)
  var (b3, b4, b5): (V, V, V) = (0, 0, 0)
  var row = rows
  if isPair {
    let lanes = V.lanes
    for k in 0..<count {
      let offset = offsets[k]
      let (u, v) = (V(loading: row), V(loading: row + lanes))
      row += stride
      let x0 = V(p0[offset])
      a0 = V.multiplyAdd(x0, u, a0)
      b0 = V.multiplyAdd(x0, v, b0)
      let x1 = V(p1[offset])
      a1 = V.multiplyAdd(x1, u, a1)
      b1 = V.multiplyAdd(x1, v, b1)
      let x2 = V(p2[offset])
      a2 = V.multiplyAdd(x2, u, a2)
      b2 = V.multiplyAdd(x2, v, b2)
      let x3 = V(p3[offset])
      a3 = V.multiplyAdd(x3, u, a3)
      b3 = V.multiplyAdd(x3, v, b3)
      let x4 = V(p4[offset])
      a4 = V.multiplyAdd(x4, u, a4)
      b4 = V.multiplyAdd(x4, v, b4)
      let x5 = V(p5[offset])
      a5 = V.multiplyAdd(x5, u, a5)
      b5 = V.multiplyAdd(x5, v, b5)
    }
  } else {
    for k in 0..<count {
      let offset = offsets[k]
      let u = V(loading: row)
      row += stride
      a0 = V.multiplyAdd(V(p0[offset]), u, a0)
      a1 = V.multiplyAdd(V(p1[offset]), u, a1)
      a2 = V.multiplyAdd(V(p2[offset]), u, a2)
      a3 = V.multiplyAdd(V(p3[offset]), u, a3)
      a4 = V.multiplyAdd(V(p4[offset]), u, a4)
      a5 = V.multiplyAdd(V(p5[offset]), u, a5)
    }
  }
  finish(0, a0, b0)
  finish(1, a1, b1)
  finish(2, a2, b2)
  finish(3, a3, b3)
  finish(4, a4, b4)
  finish(5, a5, b5)
}
