import Files
import Linalg

extension NPYWriter {
  /// Returns a whole NPY file with the float32 `numbers` of an array of `shape`, in C order.
  public static func bytes(of numbers: [Float], shape: [Int]) -> [UInt8] {
    precondition(numbers.count == shape.reduce(1, *), "NPYWriter: \(numbers.count) numbers for the shape \(shape)")
    var bytes = NPY.header(shape: shape)
    appendLittleEndian(numbers, to: &bytes)
    return bytes
  }
}

extension CSVWriter {
  /// Returns rows as CSV, each number in the shortest form that reads back to the same Float.
  public static func bytes(of rows: Matrix<Float>) -> [UInt8] { Array(text(rows).utf8) }
}
