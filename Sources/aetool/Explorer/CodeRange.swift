import Autoencoders
import Datasets
import Linalg

/// Where the numbers of a model's code lie, dimension by dimension.
struct CodeRange {
  struct Dimension {
    /// The dimension, from 0.
    let index: Int
    let from, to: Double
    /// How much it matters, as in "KL 3.2 nats", or its share of the variance.
    let note: String
  }
  /// The dimensions in the order of how much they matter.
  let dimensions: [Dimension]
  /// The mean of the codes; 0 where there are no data.
  let centre: [Float]

  /// Measures the codes of `data`, which are `codes`. Without data a variational model's codes go by the prior.
  ///
  /// - Throws: `ProgramError` for other models without data.
  init(of named: NamedModel, data: Dataset?, codes: Matrix<Float>?, threads: Int) throws {
    let model = named.model
    let size = model.network.codeSize
    guard let data, let codes else {
      if !model.network.isVariational {
        throw ProgramError(
          .usage, "--model \(named.path): the codes of the variant '\(model.name)' have no known range; give --data")
      }
      dimensions = (0..<size).map { Dimension(index: $0, from: -3, to: 3, note: "") }
      centre = [Float](repeating: 0, count: size)
      return
    }
    var (means, variances): ([Double], [Double]) = ([], [])
    var ranges: [(Double, Double)] = []
    for j in 0..<size {
      let values = (0..<codes.rows).map { Double(codes[$0, j]) }.sorted()
      let mean = values.reduce(0, +) / Double(values.count)
      means.append(mean)
      variances.append(values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count))
      let (low, high) = (values[values.count / 100], values[values.count - 1 - values.count / 100])
      let room = max(0.1 * (high - low), 1e-6)
      ranges.append(model.network.isVariational ? (min(-3, low), max(3, high)) : (low - room, high + room))
    }
    let divergences = try model.evaluateVariational(data, threads: threads)?.klByDimension
    let weights = divergences ?? variances
    let total = max(variances.reduce(0, +), .leastNormalMagnitude)
    dimensions = (0..<size).sorted { (-weights[$0], $0) < (-weights[$1], $1) }.map { j in
      let note =
        divergences.map { "KL \($0[j].significant(2)) nats" }
        ?? "\((100 * variances[j] / total).significant(2)) %"
      return Dimension(index: j, from: ranges[j].0, to: ranges[j].1, note: note)
    }
    centre = means.map { Float($0) }
  }
}
