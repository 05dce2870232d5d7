import Files

/// NumPy's array format, versions 1 and 2: magic, version, header length, a Python dictionary, the numbers.
///
/// Source: NumPy's documentation, `numpy.lib.format`. Read are u8 (pixels), signed and unsigned integers to 32 bits,
/// i64, f32, f64, either byte order, C and Fortran order.
enum NPY {
  static let format = DataFormat(
    name: "NPY", summary: "a NumPy array, samples in the first dimension",
    recognises: { $0.starts(with: magic) }, readPart: read)

  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  /// Samples are the first dimension; u8 stays as pixels, other types become Float.
  static func read(_ source: ByteSource, part: SamplePart? = nil) throws(FileError) -> Dataset {
    try layout(source).dataset(source, part: part)
  }

  /// Reads magic, version and header.
  static func layout(_ source: ByteSource) throws(FileError) -> ArrayLayout {
    let start = try source.read(8)
    guard start.starts(with: magic) else { throw source.malformed(at: 0, "not an NPY file: expected \\x93NUMPY") }
    guard start[6] == 1 || start[6] == 2 else {
      throw source.malformed(at: 6, "NPY version \(start[6]).\(start[7]); expected 1.0 or 2.0")
    }
    let lengthBytes = try source.read(start[6] == 1 ? 2 : 4)
    let length = lengthBytes.reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= 1 << 20 else {
      throw source.malformed(at: 8, "a header of \(length) bytes; expected at most 1 MiB")
    }
    let headerStart = source.offset
    let text = String(decoding: try source.read(length), as: UTF8.self)
    let header = try NPYHeader(text, source, at: headerStart)
    let elements = try checkedCount(header.shape, elementSize: header.format.size, source, at: headerStart)
    return ArrayLayout(
      format: header.format, isBigEndian: header.isBigEndian, isFortranOrder: header.isFortranOrder,
      dimensions: header.shape, elements: elements)
  }

  /// From Fortran order (the first index moves fastest) to C order (the last does).
  static func inRowOrder(_ bytes: [UInt8], _ shape: [Int], size: Int) -> [UInt8] {
    var result = [UInt8](repeating: 0, count: bytes.count)
    var index = [Int](repeating: 0, count: shape.count)
    for element in 0..<bytes.count / size {
      var place = 0
      for dimension in shape.indices { place = place * shape[dimension] + index[dimension] }
      for k in 0..<size { result[place * size + k] = bytes[element * size + k] }
      for dimension in shape.indices {
        index[dimension] += 1
        if index[dimension] < shape[dimension] { break }
        index[dimension] = 0
      }
    }
    return result
  }

  /// Magic, version 1.0 and header of a float32 array in C order, padded so that the numbers begin at a multiple of 64.
  static func header(shape: [Int]) -> [UInt8] {
    let sizes = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    var text = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(sizes)), }"
    text += String(repeating: " ", count: (64 - (11 + text.utf8.count) % 64) % 64) + "\n"
    let length = text.utf8.count
    return magic + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)] + Array(text.utf8)
  }
}

/// Writes a float32 array sample by sample.
public final class NPYWriter {
  private let file: AtomicFile
  private var left: Int

  /// For an array of `shape`, samples first; - for standard output.
  public init(_ path: String, shape: [Int]) throws(FileError) {
    file = try AtomicFile(path)
    left = shape.reduce(1, *)
    try file.write(NPY.header(shape: shape))
  }

  /// The next numbers, in C order.
  public func append(_ numbers: [Float]) throws(FileError) {
    left -= numbers.count
    precondition(left >= 0, "NPYWriter: \(-left) numbers too many")
    try file.write(numbers)
  }

  /// Ends the file; all numbers must have come.
  public func commit() throws(FileError) {
    precondition(left == 0, "NPYWriter: \(left) numbers are missing")
    try file.commit()
  }
}
