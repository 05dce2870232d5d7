import Datasets
import Linalg

/// Says what was done to the training data before the network saw them. The model stores it and does it to all later
/// data.
public struct Scaling: Sendable, Codable, Equatable {
  public enum Kind: String, Sendable, Codable, CaseIterable {
    /// Values stay as they are read: numbers unchanged, pixel bytes ÷ 255.
    case none
    /// Each feature loses its mean and is divided by its standard deviation over the training data; a constant feature
    /// is divided by 1. So is one whose deviation is below 2⁻¹²⁰, which Float cannot tell from a constant, and what
    /// varies by more than 2¹²⁵ is divided by that.
    case standard
    /// Each feature loses its mean over the training data and keeps its unit. Rectified units do not die of data whose
    /// mean is large beside their variation.
    case centre

    /// Whether errors are in the units of the data.
    package var keepsUnits: Bool { self != .standard }
  }

  public let kind: Kind
  /// The means of the features; the network sees (x − mean) · factor, feature by feature. Both arrays are empty for
  /// `none`. A factor is a normal number, and so is its reciprocal.
  public let mean: [Float]
  public let factor: [Float]

  public static let none = Scaling(kind: .none, mean: [], factor: [])

  /// Returns the scaling of kind `kind` that fits `data`.
  public static func fit(_ kind: Kind, to data: Dataset) -> Scaling {
    // Data in memory cannot fail to be read.
    try! fit(kind, to: SampleStream(data))
  }

  /// Returns the scaling of kind `kind` that fits `data`, by two passes with totals in Double.
  /// - Throws: the error of a stream that cannot be read.
  public static func fit(_ kind: Kind, to data: SampleStream) throws -> Scaling {
    if kind == .none { return .none }
    let features = data.featureCount
    var mean = [Double](repeating: 0, count: features)
    try forEachRow(data) { x in for j in 0..<features { mean[j] += Double(x[j]) } }
    for j in 0..<features { mean[j] /= Double(data.count) }
    var variance = [Double](repeating: 0, count: features)
    try forEachRow(data) { x in
      for j in 0..<features {
        let d = Double(x[j]) - mean[j]
        variance[j] += d * d
      }
    }
    let factor = variance.map { v -> Float in
      if kind == .centre { return 1 }
      let deviation = (v / Double(data.count)).squareRoot()
      return deviation < 0x1p-120 ? 1 : Float(1 / min(deviation, 0x1p125))
    }
    return Scaling(kind: kind, mean: mean.map { Float($0) }, factor: factor)
  }

  /// Computes x ← (x − mean) · factor in place.
  func apply(_ x: MutableMatrixView<Float>) {
    if kind == .none { return }
    if isWide { return applyInDouble(x) }
    for i in 0..<x.rows { x.withRow(i) { row in for j in row.indices { row[j] = (row[j] - mean[j]) * factor[j] } } }
  }

  /// Whether differences of numbers of the data may leave the range of Float.
  private var isWide: Bool { factor.contains { $0 < 0x1p-100 } }

  private func applyInDouble(_ x: MutableMatrixView<Float>) {
    for i in 0..<x.rows {
      x.withRow(i) { row in
        for j in row.indices { row[j] = Float((Double(row[j]) - Double(mean[j])) * Double(factor[j])) }
      }
    }
  }

  /// Computes x ← x / factor + mean in place, from the network's units back to the data's.
  func undo(_ x: MutableMatrixView<Float>) {
    if kind == .none { return }
    if isWide { return undoInDouble(x) }
    for i in 0..<x.rows { x.withRow(i) { row in for j in row.indices { row[j] = row[j] / factor[j] + mean[j] } } }
  }

  /// What lies beyond the largest Float becomes that.
  private func undoInDouble(_ x: MutableMatrixView<Float>) {
    let largest = Double(Float.greatestFiniteMagnitude)
    for i in 0..<x.rows {
      x.withRow(i) { row in
        for j in row.indices {
          let value = Double(row[j]) / Double(factor[j]) + Double(mean[j])
          row[j] = value.isNaN ? row[j] : Float(min(max(value, -largest), largest))
        }
      }
    }
  }

  private static func forEachRow(_ data: SampleStream, _ body: (borrowing MutableSpan<Float>) -> Void) throws {
    let block = Buffer<Float>(count: 256 * data.featureCount)
    try data.forEachChunk { chunk in
      for start in stride(from: 0, to: chunk.count, by: 256) {
        let rows = start..<min(start + 256, chunk.count)
        let x = block.view(rows: rows.count, columns: data.featureCount)
        chunk.gather(rows: rows, into: x)
        for i in 0..<rows.count { x.withRow(i) { body($0) } }
      }
    }
  }
}

extension Dataset {
  /// Whether the mean has more than six times the energy of the variation around it, ‖μ‖² > 6 Σ σ², as in photographs
  /// of bright things and in digits of black on white, but not in MNIST, where it is 0.7 times.
  var isBright: Bool {
    let features = featureCount
    var (sums, squares) = ([Double](repeating: 0, count: features), 0.0)
    let block = Buffer<Float>(count: 256 * features)
    for start in stride(from: 0, to: count, by: 256) {
      let rows = start..<min(start + 256, count)
      let x = block.view(rows: rows.count, columns: features)
      gather(rows: rows, into: x)
      squares += sumOfSquares(x.readOnly)
      for i in 0..<rows.count { x.withRow(i) { row in for j in 0..<features { sums[j] += Double(row[j]) } } }
    }
    let mean = sums.reduce(0) { $0 + $1 * $1 } / Double(count) / Double(count)
    return mean > 6 * max(0, squares / Double(count) - mean)
  }
}

extension Scaling {
  /// Returns the factor that brings a difference in feature `feature` of the data to the network's units.
  func factor(_ feature: Int) -> Float { kind == .none ? 1 : factor[feature] }
}
