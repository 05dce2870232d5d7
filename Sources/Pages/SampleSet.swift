import Datasets
import Linalg

/// Samples of a data set as the page's scripts see them: {"shape", "count", "values", "labels"}.
///
/// Pixels stay bytes, of which 255 is 1; other numbers from 0 to 1 are float16, and all others float32. `values` is
/// {"u8": …}, {"f16": …} or {"f32": …}.
public struct SampleSet: Sendable {
  public let data: PageData

  /// Takes the samples `indices` of `dataset`, in that order; all where none are named.
  public init(_ dataset: Dataset, samples indices: [Int]? = nil) {
    let indices = indices ?? Array(0..<dataset.count)
    let width = dataset.featureCount
    let values: PageData
    switch dataset.storage {
    case .bytes(let bytes): values = .bytes(indices.flatMap { bytes[$0 * width..<($0 + 1) * width] })
    case .numbers(let numbers):
      let chosen = indices.flatMap { numbers[$0 * width..<($0 + 1) * width] }
      values = dataset.hasFractions ? .float16(chosen) : .float32(chosen)
    }
    var fields: [String: PageData] = [
      "shape": .numbers(dataset.shape), "count": .number(indices.count), "values": values,
    ]
    if let labels = dataset.labels { fields["labels"] = .numbers(indices.map { Int(labels[$0]) }) }
    data = .object(fields)
  }
}
