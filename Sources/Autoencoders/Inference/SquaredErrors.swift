import Datasets
import Files
import Linalg

extension Model {
  /// The squared error ‖x̂ − x‖² of every sample; totals in Double. `scaling`: of x as it is in the data, in these units,
  /// so that models scaled in other ways can be compared; nil: of x as the network sees it, binarised where it is.
  public func squaredErrors(
    _ data: Dataset, in scaling: Scaling? = nil, seed: UInt64 = 0, threads: Int = availableProcessors
  ) throws(FileError) -> [Double] {
    let draw = NoiseStream.evaluation(seed: seed)
    let inference = Inference(self, .reconstruct, draw: draw, threads: threads)
    try inference.check(data)
    let features = data.featureCount
    let errors = Buffer<Double>(count: data.count)
    let originals = (0..<threads).map { _ in Buffer<Float>(count: Inference.blockSize * features) }
    inference.forEachBlock(of: data, 0..<data.count) { block in
      let x = originals[block.worker].view(rows: block.rows.count, columns: features)
      let y = inference.finished(block)
      // Both are brought to the units in which they are compared.
      let preparation = scaling.map { Preparation(scaling: $0) } ?? self.preparation
      preparation.gather(data, rows: block.rows, into: x, draw: draw)
      preparation.scale(y)
      for i in 0..<block.rows.count {
        errors.row[0, block.rows.lowerBound + i] = squaredDistance(
          y.readOnly.rows(i..<i + 1), x.readOnly.rows(i..<i + 1))
      }
    }
    return errors.values
  }
}
