import Files

/// Samples that can be gone through again and again in chunks: data in memory, or a file larger than that.
///
/// NPY (C order) and IDX files whose samples would take more than the memory allowed are read from the disk at every
/// pass; everything else is opened as a `Dataset` and is one chunk.
public struct SampleStream: Sendable {
  public let count: Int
  /// The shape of one sample.
  public let shape: [Int]
  public let isPixels: Bool
  /// What the user named it, for messages.
  public let source: String
  private let storage: Storage

  private enum Storage: Sendable {
    case memory(Dataset)
    case file(chunk: Int)
  }

  /// Numbers per sample.
  public var featureCount: Int { shape.reduce(1, *) }

  public init(_ data: Dataset) {
    count = data.count
    shape = data.shape
    isPixels = data.isPixels
    source = data.source
    storage = .memory(data)
  }

  /// Opens what a data argument names; at most about `memory` bytes are held at a time.
  public static func open(_ argument: String, memory: Int = .max) throws(FileError) -> SampleStream {
    if let large = try largeFile(argument, memory: memory) { return large }
    return SampleStream(try Dataset.open(argument))
  }

  /// The data as a whole, where they are in memory anyway.
  public var dataset: Dataset? {
    if case .memory(let data) = storage { data } else { nil }
  }

  /// Hands over all samples in order, chunk by chunk.
  public func forEachChunk(_ body: (Dataset) throws -> Void) throws {
    switch storage {
    case .memory(let data): try body(data)
    case .file(let chunk):
      let file = try ByteSource(source)
      let layout = try Self.layout(of: file)!
      for start in stride(from: 0, to: count, by: chunk) {
        try body(try layout.samples(file, count: min(chunk, count - start)))
      }
      try file.expectEnd()
    }
  }

  /// Up to `most` samples from the start.
  public func firstSamples(_ most: Int) throws(FileError) -> Dataset {
    switch storage {
    case .memory(let data): return data.count <= most ? data : data.subset(0..<most)
    case .file(let chunk):
      let file = try ByteSource(source)
      return try Self.layout(of: file)!.samples(file, count: min(most, chunk, count))
    }
  }

  /// The smallest and the largest value; one pass where the data are not in memory.
  public func range() throws -> ClosedRange<Float> {
    if let dataset { return dataset.range }
    var range: ClosedRange<Float>?
    try forEachChunk { chunk in
      let (low, high) = (chunk.range.lowerBound, chunk.range.upperBound)
      range = range.map { min($0.lowerBound, low)...max($0.upperBound, high) } ?? low...high
    }
    return range!
  }

  private init(layout: ArrayLayout, source: String, chunk: Int) {
    count = layout.dimensions[0]
    shape = layout.sampleShape
    isPixels = layout.format == .u8
    self.source = source
    storage = .file(chunk: chunk)
  }

  /// nil where the file is small enough, or cannot be read in parts.
  private static func largeFile(_ argument: String, memory: Int) throws(FileError) -> SampleStream? {
    // Pipes can be read but once; one array of several and a part of a file are not read in parts.
    guard memory != .max, case .file(let named) = DataArgument(argument), named.key == nil,
      named.part == nil, isRegularFile(named.path)
    else { return nil }
    let file = try ByteSource(named.path)
    guard let layout = try layout(of: file), !layout.isFortranOrder || layout.dimensions.count == 1 else { return nil }
    let features = layout.sampleShape.reduce(1, *)
    // While a chunk is read, its bytes and its numbers are there at the same time.
    let sampleSize = features * (layout.format == .u8 ? 1 : layout.format.size + 4)
    let (size, overflow) = layout.dimensions[0].multipliedReportingOverflow(by: sampleSize)
    if !overflow && size <= memory / 2 { return nil }
    return SampleStream(layout: layout, source: named.path, chunk: max(1, min(memory / 8, 1 << 26) / sampleSize))
  }

  /// The header of an NPY or IDX file; the source then stands at the first number. nil for other formats.
  private static func layout(of file: ByteSource) throws(FileError) -> ArrayLayout? {
    switch try DataFormat.of(file).name {
    case "NPY": try NPY.layout(file)
    case "IDX": try IDX.layout(file)
    default: nil
    }
  }
}
