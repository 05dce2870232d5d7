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

  /// Returns the chunks that hold some of the samples.
  public func chunks(of samples: Range<Int>) -> Range<Int> {
    samples.lowerBound / file.header.samplesPerChunk..<(samples.upperBound - 1) / file.header.samplesPerChunk + 1
  }

  /// Reads chunks one after another, the symbols of several at once. `consume` gets the number of the chunk, and its
  /// samples × features (or × code size) or the error in the chunk.
  /// - Throws: the errors of `consume`.
  public func run(
    _ chunks: Range<Int>, _ output: Output = .samples, _ consume: (Int, Result<Matrix<Float>, FileError>) throws -> Void
  ) throws {
    let pool = WorkerPool(threads: threads)
    let numbers = min(file.header.samples, file.header.samplesPerChunk) * (file.header.codeSize + file.header.features)
    let together = max(1, min(max(2 * threads, 8), Header.mostNumbersOfChunk / numbers))
    for start in stride(from: chunks.lowerBound, to: chunks.upperBound, by: together) {
      let part = start..<min(start + together, chunks.upperBound)
      let symbols = pool.map(part.count) { index in
        Result<ChunkSymbols, FileError> { () throws(FileError) in try file.symbols(ofChunk: start + index) }
      }
      for chunk in part {
        try consume(
          chunk,
          symbols[chunk - start].flatMap { symbols in
            Result { () throws(FileError) in try decode(symbols, ofChunk: chunk, output) }
          })
      }
    }
  }

  /// Returns all samples at once.
  /// - Throws: `FileError`, the first error in a chunk.
  public func callAsFunction() throws -> Matrix<Float> {
    var values: [Float] = []
    values.reserveCapacity(file.header.samples * file.header.features)
    try run(0..<file.header.chunks.count) { _, rows in values += try rows.get().values }
    return Matrix(rows: file.header.samples, columns: file.header.features, values: values)
  }

  /// Returns the samples or codes that the symbols of a chunk stand for.
  private func decode(
    _ symbols: ChunkSymbols, ofChunk chunk: Int, _ output: Output
  ) throws(FileError) -> Matrix<Float> {
    let header = file.header
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
    try decompressor.run(0..<aez.header.chunks.count) { chunk, result in
      let rows = aez.header.samples(ofChunk: chunk)
      errors += differences(try result.get(), from: data, rows.map { $0 }).rowSquares
    }
    return errors
  }
}
