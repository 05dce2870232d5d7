import AEZ
import Datasets
import Files
import Linalg

/// An .aez file with its model; it gives samples back chunk by chunk.
public struct Decompressor {
  /// Says what comes back: samples in the data's units, or their codes, which are the same bits on every machine.
  public enum Output: Sendable {
    case samples, codes
  }

  /// The file that is read.
  public let file: AEZFile
  /// The model that decodes the file.
  public let model: Model
  private let threads: Int
  private let decoder: Inference

  /// Creates a decompressor with the model `given`; nil takes the model in the file.
  /// - Throws: `FileError` where `given` is not the file's model, or where there is no model.
  public init(_ file: AEZFile, model given: IdentifiedModel?, threads: Int = availableProcessors) throws(FileError) {
    self.file = file
    self.threads = threads
    let header = file.header
    func malformed(_ message: String) -> FileError { FileError(.malformed, file.file.path, message) }
    if let given {
      guard given.hash == header.modelHash else {
        throw malformed(
          "was made with the model '\(header.modelName)' (SHA-256 \(header.modelHash.prefix(6).hexadecimal)…), not with "
            + "'\(given.name)' (\(given.hash.prefix(6).hexadecimal)…)")
      }
      model = given.model
    } else if let bytes = try file.embeddedModel() {
      model = try IdentifiedModel(bytes: bytes, path: "\(file.file.path) (its model)").model
    } else {
      throw malformed("holds no model; give '\(header.modelName)', which it was made with")
    }
    guard model.network.codeSize == header.codeSize, model.inputShape == header.shape else {
      throw malformed(
        "codes of \(header.codeSize) numbers and samples of shape \(header.shape), but the model has "
          + "\(model.network.codeSize) and \(model.inputShape)")
    }
    let known = model.network.classes
    let classesFit = header.classes.map { $0.low >= 0 && Int($0.high) < known ?? 0 } ?? (known == nil)
    guard classesFit else { throw malformed("its table of classes is not the model's") }
    decoder = Inference(model, .decode, threads: threads)
  }

  /// The most numbers, codes and samples together, whose symbols are in memory at a time.
  var numbersOfBlock = 1 << 22

  /// Brings back the samples of `wanted`, in order and block by block: whole chunks, several decoded at once, or parts
  /// of a chunk that is larger than a block. Of the last chunk no more is decoded than is wanted.
  ///
  /// `consume` gets the range of the block's samples, and the samples × features (or × code size) or the error in their
  /// chunk; after an error the rest of the chunk is left out.
  /// - Throws: the errors of `consume`.
  public func run(
    _ wanted: Range<Int>, _ output: Output = .samples,
    _ consume: (Range<Int>, Result<Matrix<Float>, FileError>) throws -> Void
  ) throws {
    precondition(wanted.lowerBound >= 0 && wanted.upperBound <= file.header.samples, "Decompressor: \(wanted)")
    if wanted.isEmpty { return }
    let perChunk = file.header.samplesPerChunk
    let chunks = wanted.lowerBound / perChunk..<(wanted.upperBound - 1) / perChunk + 1
    let numbers = file.header.codeSize + file.header.features
    let block = max(1, numbersOfBlock / numbers)
    if min(perChunk, file.header.samples) > block {
      for chunk in chunks { try run(chunk, wanted, block: block, output, consume) }
      return
    }
    let pool = WorkerPool(threads: threads)
    let together = max(1, min(max(2 * threads, 8), block / perChunk))
    for start in stride(from: chunks.lowerBound, to: chunks.upperBound, by: together) {
      let part = start..<min(start + together, chunks.upperBound)
      let symbols = pool.map(part.count) { index in
        Result<ChunkSymbols, FileError> { () throws(FileError) in
          var reader = try file.reader(ofChunk: start + index)
          let all = file.header.samples(ofChunk: start + index)
          return try reader.next(min(all.upperBound, wanted.upperBound) - all.lowerBound)
        }
      }
      for chunk in part {
        let all = file.header.samples(ofChunk: chunk)
        let rows = wanted.clamped(to: all)
        let skipped = rows.lowerBound - all.lowerBound
        try consume(
          rows,
          symbols[chunk - start].flatMap { symbols in
            Result { () throws(FileError) in try decode(symbols, from: skipped, ofChunk: chunk, output) }
          })
      }
    }
  }

  /// Brings back the wanted samples of one chunk in blocks of `block` samples.
  private func run(
    _ chunk: Int, _ wanted: Range<Int>, block: Int, _ output: Output,
    _ consume: (Range<Int>, Result<Matrix<Float>, FileError>) throws -> Void
  ) throws {
    let all = file.header.samples(ofChunk: chunk)
    let wanted = wanted.clamped(to: all)
    let opened = Result<ChunkReader, FileError> { () throws(FileError) in try file.reader(ofChunk: chunk) }
    guard case .success(var reader) = opened else {
      return try consume(wanted, opened.map { _ in Matrix(rows: 0, columns: 1) })
    }
    for start in stride(from: all.lowerBound, to: wanted.upperBound, by: block) {
      let end = min(start + block, wanted.upperBound)
      let rows = max(start, wanted.lowerBound)..<max(end, wanted.lowerBound)
      let result = Result<Matrix<Float>?, FileError> { () throws(FileError) in
        let symbols = try reader.next(end - start)
        return rows.isEmpty ? nil : try decode(symbols, from: rows.lowerBound - start, ofChunk: chunk, output)
      }
      switch result {
      case .success(let samples): if let samples { try consume(rows, .success(samples)) }
      case .failure(let error): return try consume(max(start, wanted.lowerBound)..<wanted.upperBound, .failure(error))
      }
    }
  }

  /// Returns all samples at once.
  /// - Throws: `FileError`, the first error in a chunk, or that they are too many for the memory.
  public func callAsFunction() throws -> Matrix<Float> {
    let header = file.header
    let (count, overflow) = header.samples.multipliedReportingOverflow(by: 4 * header.features)
    try MemoryBudget.require(overflow ? nil : count, for: "all samples at once", in: file.file.path)
    var values: [Float] = []
    try run(0..<header.samples) { _, rows in values += try rows.get().values }
    return Matrix(rows: header.samples, columns: header.features, values: values)
  }

  /// Returns the samples or codes that symbols of a chunk stand for, from the sample `first` of these on.
  private func decode(
    _ symbols: ChunkSymbols, from first: Int, ofChunk chunk: Int, _ output: Output
  ) throws(FileError) -> Matrix<Float> {
    let header = file.header
    if first > 0 { return try decode(header.dropping(first, of: symbols), from: 0, ofChunk: chunk, output) }
    let (codes, residuals, exact) = header.numbers(symbols)
    guard codes.allSatisfy(\.isFinite), residuals.allSatisfy(\.isFinite), exact.values.allSatisfy(\.isFinite) else {
      throw FileError(
        .malformed, file.file.path, "chunk \(chunk) of \(header.chunks.count) has numbers that are not finite")
    }
    let matrix = Matrix(rows: symbols.modes.count, columns: header.codeSize, values: codes)
    if output == .codes { return matrix }
    var result = try decoder(Codec.codes(matrix, labels: header.classes == nil ? nil : symbols.classes))
    add(residuals, exact, symbols.modes, to: &result)
    return result
  }

  /// Computes x̂ ← x̂ + r, where r goes from the network's units to the data's; numbers that the file holds exactly
  /// replace x̂.
  private func add(
    _ residuals: [Float], _ exact: [Int: Float], _ modes: [Int32], to result: inout Matrix<Float>
  ) {
    if residuals.isEmpty { return }
    let n = result.columns
    var place = 0
    result.withMutableView { view in
      for (sample, mode) in modes.enumerated() where Int(mode) >= file.header.levels {
        for f in 0..<n {
          view[sample, f] =
            exact[place]
            ?? ResidualQuantiser.corrected(view[sample, f], by: residuals[place], factor: model.scaling.factor(f))
          place += 1
        }
      }
    }
  }
}

extension Header {
  /// Returns the symbols without those of the first `count` samples.
  func dropping(_ count: Int, of symbols: ChunkSymbols) -> ChunkSymbols {
    func escapes(_ symbols: ArraySlice<Int32>) -> Int { symbols.count { $0 == ChunkSymbols.escape } }
    var result = ChunkSymbols()
    let corrected = symbols.modes[..<count].count { Int($0) >= levels } * features
    result.modes = Array(symbols.modes[count...])
    if classes != nil { result.classes = Array(symbols.classes[count...]) }
    result.codes = Array(symbols.codes[(count * codeSize)...])
    result.residuals = Array(symbols.residuals[corrected...])
    let passed = escapes(symbols.codes[..<(count * codeSize)]) + escapes(symbols.residuals[..<corrected])
    result.escapes = Array(symbols.escapes[passed...])
    return result
  }

  /// Returns the numbers that a chunk's symbols stand for: codes, and the residuals of samples that have some. `exact`
  /// has the numbers that stand in the data's stead, by their place among the residuals.
  func numbers(_ symbols: ChunkSymbols) -> (codes: [Float], residuals: [Float], exact: [Int: Float]) {
    var escapes = symbols.escapes.makeIterator()
    var next = symbols.residuals.makeIterator()
    var (codes, residuals, exact) = ([Float](), [Float](), [Int: Float]())
    codes.reserveCapacity(symbols.codes.count)
    residuals.reserveCapacity(symbols.residuals.count)
    for (sample, mode) in symbols.modes.enumerated() {
      let level = Int(mode) < levels ? Int(mode) : 0
      for j in 0..<codeSize {
        let symbol = symbols.codes[sample * codeSize + j]
        let step = Float(bitPattern: steps[j]) * Float(sign: .plus, exponent: -level, significand: 1)
        codes.append(
          symbol == ChunkSymbols.escape
            ? Float(bitPattern: escapes.next()!)
            : ScalarQuantiser.value(symbol, self.codes[level][j], step: step))
      }
      if Int(mode) < levels { continue }
      let step = Float(bitPattern: residualSteps[Int(mode) - levels])
      for _ in 0..<features {
        let symbol = next.next()!
        if symbol == ChunkSymbols.escape { exact[residuals.count] = Float(bitPattern: escapes.next()!) }
        residuals.append(symbol == ChunkSymbols.escape ? 0 : Float(symbol) * step)
      }
    }
    return (codes, residuals, exact)
  }
}

extension Codec {
  /// Returns ‖x̂ − x‖² of each sample of `data`, where x̂ comes back from the sample's compressed form.
  /// - Throws: `FileError` where the compressed form cannot be read.
  public func errors(of compressed: CompressedData, against data: Dataset) throws -> [Double] {
    let aez = try AEZFile(RandomAccessFile(compressed.bytes, path: "the file just made"))
    let decompressor = try Decompressor(aez, model: file, threads: threads)
    var errors: [Double] = []
    errors.reserveCapacity(data.count)
    try decompressor.run(0..<aez.header.samples) { rows, result in
      errors += differences(try result.get(), from: data, rows.map { $0 }).rowSquares
    }
    return errors
  }
}
