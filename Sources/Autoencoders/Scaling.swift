import Datasets
import Linalg

/// What was done to the training data before the network saw them; stored in the model and done to all later data.
public struct Scaling: Sendable, Codable, Equatable {
  public enum Kind: String, Sendable, Codable, CaseIterable {
    /// Values as they are read: numbers unchanged, pixel bytes ÷ 255.
    case none
    /// Each feature minus its mean, divided by its standard deviation over the training data; constant features by 1.
    case standard
  }

  public let kind: Kind
  /// The network sees (x − mean) · factor, feature by feature; both empty for `none`.
  public let mean: [Float]
  public let factor: [Float]

  public static let none = Scaling(kind: .none, mean: [], factor: [])

  /// Measures the scaling of `data`: two passes, totals in Double.
  public static func fit(_ kind: Kind, to data: Dataset) -> Scaling {
    if kind == .none { return .none }
    let features = data.featureCount
    let block = Buffer<Float>(count: min(data.count, 256) * features)
    var mean = [Double](repeating: 0, count: features)
    forEachBlock(data, block) { x in
      for i in 0..<x.rows { for j in 0..<features { mean[j] += Double(x[i, j]) } }
    }
    for j in 0..<features { mean[j] /= Double(data.count) }
    var variance = [Double](repeating: 0, count: features)
    forEachBlock(data, block) { x in
      for i in 0..<x.rows {
        for j in 0..<features {
          let d = Double(x[i, j]) - mean[j]
          variance[j] += d * d
        }
      }
    }
    let factor = variance.map { v -> Float in
      let deviation = (v / Double(data.count)).squareRoot()
      return deviation > 0 ? Float(1 / deviation) : 1
    }
    return Scaling(kind: kind, mean: mean.map { Float($0) }, factor: factor)
  }

  /// x ← (x − mean) · factor, in place.
  func apply(_ x: MutableMatrixView<Float>) {
    if kind == .none { return }
    for i in 0..<x.rows { x.withRow(i) { row in for j in row.indices { row[j] = (row[j] - mean[j]) * factor[j] } } }
  }

  /// x ← x / factor + mean, in place: from the network's units back to the data's.
  func undo(_ x: MutableMatrixView<Float>) {
    if kind == .none { return }
    for i in 0..<x.rows { x.withRow(i) { row in for j in row.indices { row[j] = row[j] / factor[j] + mean[j] } } }
  }

  private static func forEachBlock(_ data: Dataset, _ block: Buffer<Float>, _ body: (MatrixView<Float>) -> Void) {
    let size = min(data.count, 256)
    for start in stride(from: 0, to: data.count, by: size) {
      let rows = start..<min(start + size, data.count)
      let x = block.view(rows: rows.count, columns: data.featureCount)
      data.gather(rows: rows, into: x)
      body(x.readOnly)
    }
  }
}
