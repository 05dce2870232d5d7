import Datasets
import Files
import Linalg

extension Model {
  /// Returns the squared error ‖x̂ − x‖² of every sample, totalled in Double.
  ///
  /// - `scaling`: the units of the errors, for x as it is in the data, so that models with different scalings can be
  ///   compared; nil for x as the network sees it, binarised where the model binarises.
  /// - Throws: `FileError` for data that the model cannot take, and where an error is no finite number.
  public func squaredErrors(
    _ data: Dataset, in scaling: Scaling? = nil, seed: UInt64 = 0, threads: Int = availableProcessors
  ) throws(FileError) -> [Double] {
    let draw = NoiseStream.evaluation(seed: seed)
    let inference = Inference(self, .reconstruct, draw: draw, threads: threads)
    try inference.check(data)
    let features = data.featureCount
    let errors = Buffer<Double>(count: data.count)
    let block = min(data.count, Inference.blockSize)
    let originals = (0..<inference.threads).map { _ in Buffer<Float>(count: block * features) }
    inference.forEachBlock(of: data, 0..<data.count) { block in
      let x = originals[block.worker].view(rows: block.rows.count, columns: features)
      let y = inference.finished(block)
      // Data and reconstruction are brought to the units of the comparison.
      let preparation = scaling.map { Preparation(scaling: $0) } ?? self.preparation
      preparation.gather(data, rows: block.rows, into: x, draw: draw)
      preparation.scale(y)
      for i in 0..<block.rows.count {
        errors.row[0, block.rows.lowerBound + i] = squaredDistance(
          y.readOnly.rows(i..<i + 1), x.readOnly.rows(i..<i + 1))
      }
    }
    let values = errors.values
    if let sample = values.firstIndex(where: { !$0.isFinite }) {
      throw FileError(
        .malformed, data.source,
        "the squared error of sample \(sample) is no finite number; the values are too large for the units that the "
          + "network sees, or the reconstruction is not finite")
    }
    return values
  }
}
