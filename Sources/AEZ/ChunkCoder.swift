/// The integers of a chunk's samples.
public struct ChunkSymbols: Sendable, Equatable {
  /// Stands for a number that is written as the bits of a Float; those are in `escapes`, in order.
  public static let escape = Int32.min

  /// By sample: its level, or behind the levels its residual mode.
  public var modes: [Int32] = []
  /// By sample, of models that are told classes.
  public var classes: [Int32] = []
  /// Samples × code size.
  public var codes: [Int32] = []
  /// Features of each sample with a residual, in order; an escape is the number itself.
  public var residuals: [Int32] = []
  public var escapes: [UInt32] = []

  public init() {}
}

extension Header {
  /// The bytes of a chunk of these samples.
  public func encode(_ symbols: ChunkSymbols) -> [UInt8] {
    var encoder = RangeEncoder()
    var (residual, escape) = (0, 0)
    func put(_ symbol: Int32, _ table: FrequencyTable) {
      if symbol == ChunkSymbols.escape {
        encoder.appendEscape(symbols.escapes[escape], table)
        escape += 1
      } else {
        encoder.append(symbol, table)
      }
    }
    for (sample, mode) in symbols.modes.enumerated() {
      put(mode, modes)
      if let classes { put(symbols.classes[sample], classes) }
      let level = Int(mode) < levels ? Int(mode) : 0
      for j in 0..<codeSize { put(symbols.codes[sample * codeSize + j], codes[level][j].table) }
      if Int(mode) >= levels {
        let table = residuals[Int(mode) - levels]
        for _ in 0..<features {
          put(symbols.residuals[residual], table)
          residual += 1
        }
      }
    }
    return encoder.finished()
  }

  /// The symbols of a chunk of so many samples.
  public func decode(_ bytes: [UInt8], samples: Int) throws(RangeDecoder.Failure) -> ChunkSymbols {
    var decoder = try RangeDecoder(bytes)
    var symbols = ChunkSymbols()
    // No more than a file is likely to mean: sure symbols take next to no bytes.
    symbols.codes.reserveCapacity(min(samples * codeSize, 1 << 20))
    for _ in 0..<samples {
      guard let mode = try decoder.next(modes) else { throw .damaged }
      symbols.modes.append(mode)
      if let classes {
        guard let label = try decoder.next(classes) else { throw .damaged }
        symbols.classes.append(label)
      }
      let level = Int(mode) < levels ? Int(mode) : 0
      for j in 0..<codeSize {
        if let symbol = try decoder.next(codes[level][j].table) {
          symbols.codes.append(symbol)
        } else {
          symbols.codes.append(ChunkSymbols.escape)
          symbols.escapes.append(try decoder.raw())
        }
      }
      if Int(mode) < levels { continue }
      let table = residuals[Int(mode) - levels]
      for _ in 0..<features {
        if let symbol = try decoder.next(table) {
          symbols.residuals.append(symbol)
        } else {
          symbols.residuals.append(ChunkSymbols.escape)
          symbols.escapes.append(try decoder.raw())
        }
      }
    }
    try decoder.finish()
    return symbols
  }
}
