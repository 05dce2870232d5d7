import Datasets
import Files
import Linalg

extension Model {
  /// The distribution of the codes of the training data; nil where it was not measured.
  public var codeDistribution: CodeDistribution? { knowledge[CodeDistribution.self] }

  /// Measures and keeps the distribution of the codes of `data`, from which the model was made, for `Codec`.
  ///
  /// - `goesOn`: asked between pieces of the work; where it returns false, the work ends and nothing is kept.
  /// - Throws: `FileError` for data that the model cannot take.
  public mutating func rememberCodes(
    on data: Dataset, threads: Int = availableProcessors, while goesOn: () -> Bool = { true }
  ) throws(FileError) {
    if let codes = try measureCodes(of: data, threads: threads, while: goesOn) { knowledge.remember(codes) }
  }

  /// Returns the distribution of the codes of up to 10,000 samples spread evenly over `data`; nil where `goesOn` has
  /// ended the work. Of long codes there are fewer samples, so that no more than 2²⁵ numbers are kept, but 100 at
  /// least.
  func measureCodes(
    of data: Dataset, threads: Int, while goesOn: () -> Bool = { true }
  ) throws(FileError) -> CodeDistribution? {
    let chosen = data.spread(min(10_000, max(100, (1 << 25) / network.codeSize), samples(within: 2e11)))
    if !goesOn() { return nil }
    let codes = try encode(chosen, threads: threads)
    if !goesOn() { return nil }
    let pool = WorkerPool(threads: threads)
    var distribution = CodeDistribution(
      codes, sensitivities: [Float](repeating: 1, count: codes.columns), pool: pool)
    guard
      let measured = try sensitivities(
        codes, distribution.deviations, labels: chosen.labels, threads: threads, while: goesOn)
    else { return nil }
    distribution.sensitivities = measured
    return distribution
  }

  /// Returns how many samples go through the network and back with `operations` multiplications and additions; 100 at
  /// least.
  func samples(within operations: Double) -> Int {
    Int(max(100, min(1e9, operations / network.operations(of: network.layers.indices))))
  }

  /// Returns Sⱼ = E ‖g(z + hⱼeⱼ) − g(z − hⱼeⱼ)‖² / 4hⱼ², in the network's units. The step hⱼ is a quarter of the j-th
  /// deviation, about the size of a quantiser's errors.
  ///
  /// The mean is over up to 128 of `codes`, over fewer for long codes. The work of all numbers grows with the square of
  /// the code's size, so beyond 2·10¹¹ operations only some, spread evenly, are measured, and the others get their
  /// mean. The result is nil where `goesOn` has ended the work.
  private func sensitivities(
    _ codes: Matrix<Float>, _ deviations: [Float], labels: [Int32]?, threads: Int, while goesOn: () -> Bool
  ) throws(FileError) -> [Float]? {
    let (n, d) = (codes.rows, codes.columns)
    let count = min(n, max(8, min(128, 16_384 / d)))
    let decoder = Inference(self, .decode, threads: threads)
    let each = 2 * Double(count) * network.operations(of: network.encoderDepth..<network.layers.count)
    let measured = min(d, Int(max(16, min(Double(d), 2e11 / each))))
    var result = [Float](repeating: 0, count: d)
    let chosen = (0..<measured).map { $0 * d / measured }
    for j in chosen {
      if !goesOn() { return nil }
      result[j] = try sensitivity(j, codes, deviations, count, labels, decoder)
    }
    let mean = chosen.reduce(0) { $0 + result[$1] } / Float(measured)
    // A number that does not vary costs nothing.
    for j in Set(0..<d).subtracting(chosen) { result[j] = deviations[j] > 0 ? mean : 0 }
    return result
  }

  /// Returns Sⱼ of one number of the code, from `count` of the codes.
  private func sensitivity(
    _ j: Int, _ codes: Matrix<Float>, _ deviations: [Float], _ count: Int, _ labels: [Int32]?, _ decoder: Inference
  ) throws(FileError) -> Float {
    let (n, d) = (codes.rows, codes.columns)
    let h = deviations[j] / 4
    if h == 0 || !h.isFinite { return 0 }
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
    return value.isFinite ? value : 0
  }
}

extension Dataset {
  /// Returns the numbers of up to `most` samples, spread evenly.
  func spreadIndices(_ most: Int) -> [Int32] {
    let chosen = min(most, count)
    return (0..<chosen).map { Int32($0 * count / chosen) }
  }

  /// Returns up to `most` samples, spread evenly.
  package func spread(_ most: Int) -> Dataset { most >= count ? self : subset(spreadIndices(most)) }
}
