import CBLASShim

// The functions in this file turn what files hold into what is computed with, and back.

/// Writes bytes ÷ 255 into row `row` of y, for the y.columns bytes from `offset` on: 0 becomes 0, and 255 becomes 1.
///
/// The quotients are correctly rounded without a division: 1/255 = a + b, where byte · a is exact in Float.
@specialized(where S == Float)
@specialized(where S == Double)
public func convertPixels<S: BLASScalar>(
  _ bytes: [UInt8], from offset: Int, into y: MutableMatrixView<S>, row: Int
) {
  precondition(
    offset >= 0 && offset + y.columns <= bytes.count && row >= 0 && row < y.rows,
    "convertPixels: \(y.columns) of \(bytes.count) bytes at \(offset) into row \(row) of \(y.rows)")
  let high: S = 0x1.01p-8
  let low = S(1.0 / 255 - 0x1.01p-8)
  let output = y.base + row * y.stride
  bytes.withUnsafeBufferPointer { bytes in
    let (high, low) = (S.Vector(high), S.Vector(low))
    forEachVector(
      y.columns, lanes: S.Vector.lanes,
      { j in
        let value = S.Vector(loadingBytes: bytes.baseAddress! + offset + j)
        (value * high + value * low).store(to: output + j)
      },
      tail: { j, count in
        for k in j..<j + count { output[k] = S(bytes[offset + k]) * high[0] + S(bytes[offset + k]) * low[0] }
      })
  }
}

/// Asks the processor to bring the `count` bytes from `offset` on into its cache, since they are used soon.
public func prefetch(_ bytes: [UInt8], from offset: Int, count: Int) {
  precondition(offset >= 0 && offset + count <= bytes.count, "prefetch: \(count) of \(bytes.count) at \(offset)")
  bytes.withUnsafeBufferPointer { bytes in
    for line in stride(from: offset, to: offset + count, by: 64) { aetool_prefetch(bytes.baseAddress! + line) }
  }
}

/// Writes the y.columns numbers from `offset` on into row `row` of y.
@specialized(where S == Float)
@specialized(where S == Double)
public func convertNumbers<S: BLASScalar>(
  _ numbers: [Float], from offset: Int, into y: MutableMatrixView<S>, row: Int
) {
  precondition(
    offset >= 0 && offset + y.columns <= numbers.count && row >= 0 && row < y.rows,
    "convertNumbers: \(y.columns) of \(numbers.count) numbers at \(offset) into row \(row) of \(y.rows)")
  let output = y.base + row * y.stride
  numbers.withUnsafeBufferPointer { numbers in
    for j in 0..<y.columns { output[j] = S(numbers[offset + j]) }
  }
}

/// Returns whether all numbers are finite.
public func areFinite(_ numbers: [Float]) -> Bool {
  numbers.withUnsafeBufferPointer { pointer in
    guard let base = pointer.baseAddress else { return true }
    return allFinite(MatrixView(base: base, rows: 1, columns: pointer.count, stride: pointer.count))
  }
}
