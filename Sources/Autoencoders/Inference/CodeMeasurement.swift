import Datasets
import Files
import Linalg

extension Model {
  /// The distribution of the codes of the training data; nil where it was not measured.
  public var codeDistribution: CodeDistribution? { knowledge[CodeDistribution.self] }

  /// Measures and keeps the distribution of the codes of `data`, from which the model was made, for `Codec`.
  /// - Throws: `FileError` for data that the model cannot take.
  public mutating func rememberCodes(on data: Dataset, threads: Int = availableProcessors) throws(FileError) {
    knowledge.remember(try measureCodes(of: data, threads: threads))
  }

  /// Returns the distribution of the codes of up to `most` samples spread evenly over `data`.
  func measureCodes(of data: Dataset, most: Int = 10_000, threads: Int) throws(FileError) -> CodeDistribution {
    let chosen = data.spread(most)
    let codes = try encode(chosen, threads: threads)
    let pool = WorkerPool(threads: threads)
    var distribution = CodeDistribution(
      codes, sensitivities: [Float](repeating: 1, count: codes.columns), pool: pool)
    distribution.sensitivities = try sensitivities(
      codes, distribution.deviations, labels: chosen.labels, threads: threads)
    return distribution
  }

  /// Returns Sⱼ = E ‖g(z + hⱼeⱼ) − g(z − hⱼeⱼ)‖² / 4hⱼ², in the network's units. The step hⱼ is a quarter of the j-th
  /// deviation, about the size of a quantiser's errors.
  ///
  /// The mean is over up to 128 of `codes`, over fewer for long codes.
  private func sensitivities(
    _ codes: Matrix<Float>, _ deviations: [Float], labels: [Int32]?, threads: Int
  ) throws(FileError) -> [Float] {
    let (n, d) = (codes.rows, codes.columns)
    let count = min(n, max(8, min(128, 16_384 / d)))
    let decoder = Inference(self, .decode, threads: threads)
    var result: [Float] = []
    for j in 0..<d {
      let h = deviations[j] / 4
      if h == 0 || !h.isFinite {
        result.append(0)
        continue
      }
      var values: [Float] = []
      values.reserveCapacity(2 * count * d)
      var classes: [Int32] = []
      for k in 0..<count {
        let row = k * n / count
        for shift in [-h, h] {
          values += codes.values[row * d..<(row + 1) * d]
          values[values.count - d + j] += shift
          if let labels { classes.append(labels[row]) }
        }
      }
      var moved = Dataset(Matrix(rows: 2 * count, columns: d, values: values), source: "codes")
      if labels != nil { moved = moved.labelled(classes) }
      let decoded = try decoder(moved)
      let features = decoded.columns
      var sum = 0.0
      for k in 0..<count {
        for f in 0..<features {
          let scale = Double(scaling.factor(f))
          let difference =
            scale
            * Double(decoded.values[(2 * k + 1) * features + f] - decoded.values[2 * k * features + f])
          sum += difference * difference
        }
      }
      let value = Float(sum / (4 * Double(h) * Double(h) * Double(count)))
      result.append(value.isFinite ? value : 0)
    }
    return result
  }
}

extension Dataset {
  /// Returns the numbers of up to `most` samples, spread evenly.
  func spreadIndices(_ most: Int) -> [Int32] {
    let chosen = min(most, count)
    return (0..<chosen).map { Int32($0 * count / chosen) }
  }

  /// Returns up to `most` samples, spread evenly.
  func spread(_ most: Int) -> Dataset { most >= count ? self : subset(spreadIndices(most)) }
}
