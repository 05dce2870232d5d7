#if canImport(Glibc)
  import Glibc
#endif

// Covariances over many samples are sums of products that these functions add up block by block.

/// Sets bits of `varies` for the columns of bytes (count × width, from `offset` on) that hold anything but the byte of
/// `reference`, a row of `width` bytes. Every byte is read once, eight at a time.
public func markVaryingColumns(
  _ bytes: [UInt8], from offset: Int, count: Int, reference: [UInt8], varies: inout [UInt8]
) {
  let width = reference.count
  precondition(
    varies.count == width && offset >= 0 && offset + count * width <= bytes.count,
    "markVaryingColumns: \(count)×\(width) bytes at \(offset) of \(bytes.count)")
  bytes.withUnsafeBytes { bytes in
    reference.withUnsafeBytes { reference in
      varies.withUnsafeMutableBytes { varies in
        for row in 0..<count {
          let start = offset + row * width
          var j = 0
          while j + 8 <= width {
            let byte = bytes.loadUnaligned(fromByteOffset: start + j, as: UInt64.self)
            let first = reference.loadUnaligned(fromByteOffset: j, as: UInt64.self)
            let known = varies.loadUnaligned(fromByteOffset: j, as: UInt64.self)
            varies.storeBytes(of: known | (byte ^ first), toByteOffset: j, as: UInt64.self)
            j += 8
          }
          while j < width {
            varies[j] |= bytes[start + j] ^ reference[j]
            j += 1
          }
        }
      }
    }
  }
}

/// Row `row` of y ← the bytes of the columns in `ranges`, one range behind the other, minus 128. These are whole
/// numbers from −128 to 127, whose products add up exactly in Float over 1024 rows (1024 · 128² = 2²⁴).
public func convertCentredBytes(
  _ bytes: [UInt8], from offset: Int, columns ranges: [Range<Int>], into y: MutableMatrixView<Float>, row: Int
) {
  let output = y.base + row * y.stride
  var place = 0
  let middle: FloatVector = 128
  bytes.withUnsafeBufferPointer { bytes in
    for range in ranges {
      precondition(
        offset + range.upperBound <= bytes.count && place + range.count <= y.columns && row >= 0 && row < y.rows,
        "convertCentredBytes: columns \(range) at \(offset) of \(bytes.count) bytes")
      let source = bytes.baseAddress! + offset + range.lowerBound
      forEachVector(
        range.count, lanes: FloatVector.lanes,
        { j in (FloatVector(loadingBytes: source + j) - middle).store(to: output + place + j) },
        tail: { j, count in for k in j..<j + count { output[place + k] = Float(source[k]) - 128 } })
      place += range.count
    }
  }
}

/// C ← AᵀA + βC in the upper triangle of C, for A k × n and C n × n; what lies under the diagonal stays as it is.
@specialized(where S == Float)
@specialized(where S == Double)
public func upperGram<S: BLASScalar>(_ a: MatrixView<S>, into c: MutableMatrixView<S>, beta: S) {
  precondition(
    c.rows == a.columns && c.columns == a.columns, "upperGram: \(a.rows)×\(a.columns) into \(c.rows)×\(c.columns)")
  if a.columns == 0 { return }
  S.syrk(.upper, .yes, a.columns, a.rows, 1, a.base, max(1, a.stride), beta, c.base, c.stride)
}

/// D ← D + C in the upper triangle of D, Float added to Double; both are n × n.
public func addUpperTriangle(_ c: MatrixView<Float>, to d: MutableMatrixView<Double>) {
  precondition(c.rows == d.rows && c.columns == d.columns && c.rows == c.columns, "addUpperTriangle: sizes")
  for i in 0..<c.rows {
    let source = c.base + i * c.stride
    let target = d.base + i * d.stride
    for j in i..<c.columns { target[j] += Double(source[j]) }
  }
}

/// D ← D + C, Float added to Double.
public func add(_ c: MatrixView<Float>, to d: MutableMatrixView<Double>) {
  precondition(c.rows == d.rows && c.columns == d.columns, "add: \(c.rows)×\(c.columns) to \(d.rows)×\(d.columns)")
  for i in 0..<c.rows {
    let source = c.base + i * c.stride
    let target = d.base + i * d.stride
    for j in 0..<c.columns { target[j] += Double(source[j]) }
  }
}

/// ln Γ(x) for x > 0.
public func logGamma(_ x: Double) -> Double {
  var sign: Int32 = 0
  return lgamma_r(x, &sign)
}
