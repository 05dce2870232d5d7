import Datasets
import Files
import Linalg

/// What a model makes of corrupted data, compared with doing nothing.
public struct NoiseEvaluation: Sendable, Codable, Equatable {
  public let noise: Corruption
  /// Σ (corrupted − clean)² over features, mean over samples: the error of leaving the noise where it is.
  public let squaredErrorDoingNothing: Double
  /// Σ (x̂(corrupted) − clean)² over features, mean over samples.
  public let squaredErrorCleaned: Double
  /// 10 log₁₀ of the quotient of the two errors, in decibels; nil where one of them is 0.
  public let gainDB: Double?

  enum CodingKeys: String, CodingKey {
    case noise
    case squaredErrorDoingNothing = "squared_error_doing_nothing"
    case squaredErrorCleaned = "squared_error_cleaned"
    case gainDB = "gain_db"
  }
}

extension Model {
  /// Refuses noise that does not go with the data's values.
  private func check(_ corruption: Corruption, of data: Dataset) throws(FileError) {
    if case .saltAndPepper = corruption, scaling.kind != .none || !data.hasFractions {
      throw FileError(
        .malformed, data.source,
        "salt-and-pepper noise sets numbers to 0 or 1: it needs data in [0, 1] and a model without scaling")
    }
  }

  /// Returns `data` with noise, samples × features, in the data's units; the noise is added to what the network sees.
  /// - Throws: `FileError` for data that the model cannot take and for noise that does not go with their values.
  public func corrupted(_ data: Dataset, by corruption: Corruption, seed: UInt64 = 0) throws(FileError)
    -> Matrix<Float>
  {
    try check(data)
    try check(corruption, of: data)
    var result = Matrix<Float>(rows: data.count, columns: data.featureCount)
    result.withMutableView { x in
      preparation.gather(data, rows: 0..<data.count, into: x)
      SeededCorruption(corruption: corruption, seed: seed).apply(to: x, rows: 0..<data.count)
      preparation.undo(x)
    }
    return result
  }

  /// Returns the reconstructions of `data` with noise, samples × features, in the data's units.
  /// - Throws: `FileError` for data that the model cannot take and for noise that does not go with their values.
  public func reconstruct(
    _ data: Dataset, corruptedBy corruption: Corruption, seed: UInt64 = 0, threads: Int = availableProcessors
  ) throws(FileError) -> Matrix<Float> {
    try check(corruption, of: data)
    return try Inference(self, .reconstruct, corruptedBy: corruption, seed: seed, threads: threads)(data)
  }

  /// Measures how well the model cleans `data` of noise.
  /// - Throws: `FileError` for data that the model cannot take and for noise that does not go with their values.
  public func evaluate(
    _ data: Dataset, noise corruption: Corruption, seed: UInt64 = 0, threads: Int = availableProcessors
  ) throws(FileError) -> NoiseEvaluation {
    let inference = Inference(self, .reconstruct, corruptedBy: corruption, seed: seed, threads: threads)
    try inference.check(data)
    try check(corruption, of: data)
    let features = data.featureCount
    let blocks = (data.count + Inference.blockSize - 1) / Inference.blockSize
    let sums = Buffer<Double>(count: 2 * blocks)
    let table = sums.view(rows: blocks, columns: 2)
    let originals = (0..<threads).map { _ in Buffer<Float>(count: Inference.blockSize * features) }
    inference.forEachBlock(of: data, 0..<data.count) { block in
      let rows = block.rows.count
      let clean = originals[block.worker].view(rows: rows, columns: features)
      preparation.gather(data, rows: block.rows, into: clean)
      let y = block.propagation.output(of: network.layers.count - 1, rows: rows)
      network.loss.reconstruct(y)
      table[block.number, 0] = squaredDistance(block.propagation.input(rows: rows).readOnly, clean.readOnly)
      table[block.number, 1] = squaredDistance(y.readOnly, clean.readOnly)
    }
    func mean(_ column: Int) -> Double { (0..<blocks).reduce(0) { $0 + table[$1, column] } / Double(data.count) }
    let (nothing, cleaned) = (mean(0), mean(1))
    return NoiseEvaluation(
      noise: corruption, squaredErrorDoingNothing: nothing, squaredErrorCleaned: cleaned,
      gainDB: nothing > 0 && cleaned > 0 ? 10 * Double.log(nothing / cleaned) / Double.log(10) : nil)
  }
}
