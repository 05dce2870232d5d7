import Files

/// The IDX format of MNIST: two zero bytes, element type, rank, one u32 per dimension, elements; all big-endian.
///
/// Source: Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits", its file format section.
enum IDX {
  static let format = DataFormat(
    name: "IDX", summary: "MNIST's format, any element type",
    recognises: { $0.count >= 4 && $0[0] == 0 && $0[1] == 0 && ElementType(rawValue: $0[2]) != nil && $0[3] > 0 },
    readPart: read)

  enum ElementType: UInt8 {
    case u8 = 0x08
    case i8 = 0x09
    case i16 = 0x0B
    case i32 = 0x0C
    case f32 = 0x0D
    case f64 = 0x0E
  }

  /// Samples are the first dimension; u8 stays as pixels, other types become Float.
  static func read(_ source: ByteSource, part: SamplePart? = nil) throws(FileError) -> Dataset {
    try layout(source).dataset(source, part: part)
  }

  /// A file of classes: one dimension, integers.
  static func labels(_ source: ByteSource) throws(FileError) -> [Int32] {
    let header = try layout(source)
    guard header.dimensions.count == 1, header.format != .f32, header.format != .f64 else {
      throw source.malformed(at: 2, "not labels: expected integers in one dimension")
    }
    let number = header.format
    let bytes = try source.read(header.elements * number.size)
    try source.expectEnd()
    return (0..<header.elements).map { Int32(number.value(bytes, at: $0 * number.size, bigEndian: true)) }
  }

  /// Reads magic and dimensions.
  static func layout(_ source: ByteSource) throws(FileError) -> ArrayLayout {
    let magic = try source.read(4)
    guard magic[0] == 0, magic[1] == 0, let type = ElementType(rawValue: magic[2]), magic[3] > 0 else {
      throw source.malformed(at: 0, "not an IDX file: expected 00 00, an element type from 08 to 0e, and a rank")
    }
    let rank = Int(magic[3])
    let bytes = try source.read(4 * rank)
    let dimensions = (0..<rank).map { i in (0..<4).reduce(0) { $0 << 8 | Int(bytes[4 * i + $1]) } }
    let elements = try checkedCount(dimensions, elementSize: type.number.size, source, at: 4)
    return ArrayLayout(
      format: type.number, isBigEndian: true, isFortranOrder: false, dimensions: dimensions, elements: elements)
  }

  /// An IDX file of bytes, as tests and exports need it.
  static func encoded(_ bytes: [UInt8], dimensions: [Int]) -> [UInt8] {
    precondition(bytes.count == dimensions.reduce(1, *), "IDX: \(bytes.count) bytes for \(dimensions)")
    var result: [UInt8] = [0, 0, ElementType.u8.rawValue, UInt8(dimensions.count)]
    for dimension in dimensions {
      for shift in [24, 16, 8, 0] { result.append(UInt8(truncatingIfNeeded: dimension >> shift)) }
    }
    return result + bytes
  }
}

extension IDX.ElementType {
  var number: NumberFormat {
    switch self {
    case .u8: .u8
    case .i8: .i8
    case .i16: .i16
    case .i32: .i32
    case .f32: .f32
    case .f64: .f64
    }
  }
}
