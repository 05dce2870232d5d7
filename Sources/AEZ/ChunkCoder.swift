/// The integers of a chunk's samples.
public struct ChunkSymbols: Sendable, Equatable {
  /// Stands for a number that is written as the bits of a Float; those bits are in `escapes`, in order.
  public static let escape = Int32.min

  /// The mode of each sample: below the number of levels its level, from there on a residual mode.
  public var modes: [Int32] = []
  /// The class of each sample, for models that are told classes.
  public var classes: [Int32] = []
  /// The symbols of the codes, samples × code size.
  public var codes: [Int32] = []
  /// The residual symbol of each feature, for the samples that have a residual, in order. The Float of an escape is the
  /// feature itself.
  public var residuals: [Int32] = []
  public var escapes: [UInt32] = []

  public init() {}
}

extension Header {
  /// Returns the bytes of a chunk that has these symbols.
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

  /// Returns the symbols of a chunk of `samples` samples.
  public func decode(_ bytes: [UInt8], samples: Int) throws(RangeDecoder.Failure) -> ChunkSymbols {
    var decoder = try RangeDecoder(bytes)
    let symbols = try decode(&decoder, samples: samples)
    try decoder.finish()
    return symbols
  }

  /// Returns the symbols of the next `samples` samples of a chunk.
  func decode(_ decoder: inout RangeDecoder, samples: Int) throws(RangeDecoder.Failure) -> ChunkSymbols {
    var symbols = ChunkSymbols()
    // The reservation is bounded: sure symbols take next to no bytes, so a small file can claim any number of samples.
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
    return symbols
  }
}
