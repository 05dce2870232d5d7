import Files
import Linalg

/// The format in which a number lies in a file.
enum NumberFormat: Sendable {
  case u8, i8, u16, i16, u32, i32, i64, f32, f64

  var size: Int {
    switch self {
    case .u8, .i8: 1
    case .u16, .i16: 2
    case .u32, .i32, .f32: 4
    case .i64, .f64: 8
    }
  }

  /// Returns the number whose bytes begin at `offset`.
  func value(_ bytes: [UInt8], at offset: Int, bigEndian: Bool) -> Double {
    var bits: UInt64 = 0
    for k in 0..<size {
      let byte = UInt64(bytes[offset + k])
      bits |= byte << UInt64(8 * (bigEndian ? size - 1 - k : k))
    }
    switch self {
    case .u8, .u16, .u32: return Double(bits)
    case .i8: return Double(Int8(truncatingIfNeeded: bits))
    case .i16: return Double(Int16(truncatingIfNeeded: bits))
    case .i32: return Double(Int32(truncatingIfNeeded: bits))
    case .i64: return Double(Int64(bitPattern: bits))
    case .f32: return Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
    case .f64: return Double(bitPattern: bits)
    }
  }
}

/// Appends `bytes` to `numbers` as Float, or throws an error that names the first number that is not finite, by sample
/// and feature. `start` is the offset in the file of the first of `numbers`.
func appendFinite(
  _ bytes: [UInt8], to numbers: inout [Float], _ format: NumberFormat, bigEndian: Bool, _ source: ByteSource,
  start: Int, features: Int
) throws(FileError) {
  let count = bytes.count / format.size
  if format == .f32 && !bigEndian {
    let part = littleEndianFloats(bytes, from: 0, count: count)
    if areFinite(part) {
      numbers += part
      return
    }
    // The loop below finds the number that is not finite.
  }
  for index in 0..<count {
    let value = Float(format.value(bytes, at: index * format.size, bigEndian: bigEndian))
    let place = numbers.count
    guard value.isFinite else {
      throw source.malformed(
        at: start + place * format.size,
        "sample \(place / features), feature \(place % features) is \(value) in Float; expected finite numbers")
    }
    numbers.append(value)
  }
}

/// The most dimensions of an array: NumPy's own limit.
let mostDimensions = 64

/// Returns the product of a header's dimensions, or throws an error where there are none, where one is below 1,
/// where the samples are more than Int32 counts, or where the product is too large for any file.
func checkedCount(
  _ dimensions: [Int], elementSize: Int, _ source: ByteSource, at offset: Int
) throws(FileError) -> Int {
  guard !dimensions.isEmpty else { throw source.malformed(at: offset, "a single number; expected samples") }
  guard dimensions.count <= mostDimensions else {
    throw source.malformed(at: offset, "\(dimensions.count) dimensions; expected at most \(mostDimensions)")
  }
  guard dimensions[0] > 0 else { throw source.malformed(at: offset, "the file holds zero samples") }
  var product = 1
  for dimension in dimensions {
    guard dimension > 0 else {
      throw source.malformed(at: offset, "dimensions \(dimensions); each must be at least 1")
    }
    let (result, overflow) = product.multipliedReportingOverflow(by: dimension)
    guard !overflow, result <= Int.max / 16 / elementSize else {
      throw source.malformed(at: offset, "dimensions \(dimensions) are too large for any file")
    }
    product = result
  }
  guard dimensions[0] <= Int(Int32.max) else {
    throw source.malformed(at: offset, "\(dimensions[0]) samples; at most \(Int32.max) are read")
  }
  return product
}
