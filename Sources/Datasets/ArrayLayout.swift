import Files

/// How an array lies in a file behind its header: what NPY and IDX have in common.
struct ArrayLayout: Sendable {
  let format: NumberFormat
  let isBigEndian: Bool
  let isFortranOrder: Bool
  /// Samples first.
  let dimensions: [Int]
  /// The product of the dimensions.
  let elements: Int

  var sampleShape: [Int] { dimensions.count == 1 ? [1] : Array(dimensions.dropFirst()) }

  /// Numbers are read in blocks of at most this many bytes, so that beside them only a block is in memory.
  private static let blockSize = 1 << 22

  /// The next `count` samples; u8 stay as pixels, other types become Float.
  func samples(_ source: ByteSource, count: Int) throws(FileError) -> Dataset {
    let features = elements / dimensions[0]
    let size = count * features * format.size
    try source.expect(size)
    if format == .u8 {
      let bytes = try source.read(size)
      return Dataset(
        .bytes(isTransposed ? NPY.inRowOrder(bytes, dimensions, size: 1) : bytes), count: count, shape: sampleShape,
        source: source.path)
    }
    let start = source.offset
    var numbers: [Float] = []
    // What a compressed or piped file says of its size is believed only as its bytes arrive.
    if let known = source.plainSize, size <= known {
      if size > Self.blockSize { try source.requireMemory(4 * count * features, for: "its numbers") }
      numbers.reserveCapacity(count * features)
    }
    var left = size
    while left > 0 {
      var bytes = try source.read(isTransposed ? left : min(left, Self.blockSize))
      left -= bytes.count
      if isTransposed { bytes = NPY.inRowOrder(bytes, dimensions, size: format.size) }
      try appendFinite(
        bytes, to: &numbers, format, bigEndian: isBigEndian, source, start: start, features: features)
    }
    return Dataset(.numbers(numbers), count: count, shape: sampleShape, source: source.path)
  }

  /// All samples, or those of `part`; either way the array must reach up to the end of the file.
  func dataset(_ source: ByteSource, part: SamplePart?) throws(FileError) -> Dataset {
    let rows = try part?.range(of: dimensions[0], in: source.path) ?? 0..<dimensions[0]
    if isTransposed {
      let data = try samples(source, count: dimensions[0])
      try source.expectEnd()
      return part == nil ? data : data.subset(rows)
    }
    let rowSize = elements / dimensions[0] * format.size
    try source.skip(rows.lowerBound * rowSize)
    let data = try samples(source, count: rows.count)
    try source.skip((dimensions[0] - rows.upperBound) * rowSize)
    try source.expectEnd()
    return data
  }

  private var isTransposed: Bool { isFortranOrder && dimensions.count > 1 }
}
