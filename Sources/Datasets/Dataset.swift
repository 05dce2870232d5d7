import Linalg

/// Samples of one shape, as they were read: pixels stay bytes, and everything else is Float. They never change.
///
/// A byte b has the value b/255 wherever numbers are asked for; `gather` converts bytes batch by batch.
public struct Dataset: Sendable {
  public enum Storage: Sendable {
    /// Pixels, sample after sample.
    case bytes([UInt8])
    /// Finite numbers, sample after sample.
    case numbers([Float])
  }

  public let storage: Storage
  /// The number of samples.
  public let count: Int
  /// The shape of one sample: [28, 28] for an image, [21] for a row of a table.
  public let shape: [Int]
  /// The class of each sample, where there are classes.
  public let labels: [Int32]?
  /// The factors that generated the samples, samples × factors, where the data were drawn.
  public let factors: Matrix<Float>?
  public let factorNames: [String]
  /// The name that the user gave the data, for messages.
  public let source: String
  /// The range from the smallest to the largest value.
  public let range: ClosedRange<Float>

  /// The number of values in a sample: the product of `shape`.
  public var featureCount: Int { shape.reduce(1, *) }

  /// Whether all values lie in [0, 1].
  public var hasFractions: Bool { range.lowerBound >= 0 && range.upperBound <= 1 }

  public var isPixels: Bool {
    if case .bytes = storage { true } else { false }
  }

  init(
    _ storage: Storage, count: Int, shape: [Int], labels: [Int32]? = nil, factors: Matrix<Float>? = nil,
    factorNames: [String] = [], source: String
  ) {
    self.storage = storage
    self.count = count
    self.shape = shape
    self.labels = labels
    self.factors = factors
    self.factorNames = factorNames
    self.source = source
    let stored: Int
    switch storage {
    case .bytes(let bytes):
      stored = bytes.count
      let (low, high) = extremes(of: bytes)
      range = Float(low) / 255...Float(high) / 255
    case .numbers(let numbers):
      stored = numbers.count
      let (low, high) = extremes(of: numbers)
      range = low...high
    }
    precondition(
      count > 0 && shape.allSatisfy { $0 > 0 } && stored == count * shape.reduce(1, *),
      "Dataset: \(stored) values for \(count) samples of shape \(shape)")
    precondition(labels.map { $0.count == count } ?? true, "Dataset: \(labels?.count ?? 0) labels")
    precondition(factors.map { $0.rows == count } ?? true, "Dataset: \(factors?.rows ?? 0) rows of factors")
  }

  /// Makes data of pixels: `count` samples of `shape`, with a byte for each value.
  public init(pixels: [UInt8], count: Int, shape: [Int], labels: [Int32]? = nil, source: String) {
    self.init(.bytes(pixels), count: count, shape: shape, labels: labels, source: source)
  }

  /// Makes data of the rows of `matrix`, each a sample of `shape`, which is [columns] where none is given. All numbers
  /// must be finite.
  public init(_ matrix: Matrix<Float>, shape: [Int]? = nil, labels: [Int32]? = nil, source: String = "matrix") {
    self.init(
      .numbers(matrix.values), count: matrix.rows, shape: shape ?? [matrix.columns], labels: labels, source: source)
  }

  /// Makes a data set of numbers that stand in an array, one row for each sample.
  ///
  /// There must be at least one row, all rows must have the same length, which is the product of `shape`, and all
  /// numbers must be finite. Without a `shape` a sample has the shape [length of a row].
  ///
  /// - Parameters:
  ///   - rows: The samples.
  ///   - shape: The shape of one sample, such as [28, 28] for an image.
  ///   - labels: A class for each sample.
  ///   - source: What messages call these data.
  public init(rows: [[Float]], shape: [Int]? = nil, labels: [Int32]? = nil, source: String = "rows") {
    precondition(!rows.isEmpty, "Dataset: no rows")
    let columns = rows[0].count
    for (number, row) in rows.enumerated() {
      precondition(row.count == columns, "Dataset: row \(number) has \(row.count) numbers, row 0 has \(columns)")
    }
    let values = rows.flatMap { $0 }
    precondition(areFinite(values), "Dataset: a row of \(source) has a number that is NaN or infinite")
    self.init(.numbers(values), count: rows.count, shape: shape ?? [columns], labels: labels, source: source)
  }

  /// x ← the samples `indices`, in that order: x is indices.count × featureCount. The call allocates nothing.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func gather<S: BLASScalar>(_ indices: ArraySlice<Int32>, into x: MutableMatrixView<S>) {
    precondition(x.rows == indices.count && x.columns == featureCount, "gather: \(indices.count) samples")
    let width = x.columns
    var row = 0
    for index in indices {
      // Rows in random order come from memory, one at a time unless the processor is asked for them ahead.
      if case .bytes(let bytes) = storage, row + 4 < indices.count {
        prefetch(bytes, from: Int(indices[indices.startIndex + row + 4]) * width, count: width)
      }
      copy(sample: Int(index), width: width, into: x, row: row)
      row += 1
    }
  }

  /// x ← the samples of `rows`: x is rows.count × featureCount. The call allocates nothing.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func gather<S: BLASScalar>(rows: Range<Int>, into x: MutableMatrixView<S>) {
    precondition(x.rows == rows.count && x.columns == featureCount, "gather: \(rows.count) samples")
    let width = x.columns
    for row in 0..<rows.count { copy(sample: rows.lowerBound + row, width: width, into: x, row: row) }
  }

  /// All samples as numbers, samples × features.
  public var matrix: Matrix<Float> {
    var result = Matrix<Float>(rows: count, columns: featureCount)
    result.withMutableView { gather(rows: 0..<count, into: $0) }
    return result
  }

  /// y ← the classes of the samples `indices`: y is indices.count × 1. The data must have labels.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public func gatherLabels<S: BLASScalar>(_ indices: ArraySlice<Int32>, into y: MutableMatrixView<S>) {
    guard let labels else { preconditionFailure("gatherLabels: \(source) has none") }
    for (row, index) in indices.enumerated() { y[row, 0] = S(labels[Int(index)]) }
  }

  @specialized(where S == Float)
  @specialized(where S == Double)
  private func copy<S: BLASScalar>(sample: Int, width: Int, into x: MutableMatrixView<S>, row: Int) {
    switch storage {
    case .bytes(let bytes): convertPixels(bytes, from: sample * width, into: x, row: row)
    case .numbers(let numbers): convertNumbers(numbers, from: sample * width, into: x, row: row)
    }
  }

  /// The mean of all values, totalled in Double.
  public var mean: Double {
    switch storage {
    case .bytes(let bytes):
      var total = 0
      for byte in bytes { total += Int(byte) }
      return Double(total) / 255 / Double(bytes.count)
    case .numbers(let numbers): return numbers.reduce(0.0) { $0 + Double($1) } / Double(numbers.count)
    }
  }

  /// Returns the samples of a range as data of their own.
  public func subset(_ rows: Range<Int>) -> Dataset { subset(rows.map { Int32($0) }) }

  /// Returns the samples `indices`, in that order, as data of their own.
  public func subset(_ indices: [Int32]) -> Dataset {
    let width = featureCount
    func pick<T>(_ values: [T]) -> [T] {
      var result: [T] = []
      result.reserveCapacity(indices.count * width)
      for index in indices { result.append(contentsOf: values[Int(index) * width..<(Int(index) + 1) * width]) }
      return result
    }
    let storage: Storage =
      switch storage {
      case .bytes(let bytes): .bytes(pick(bytes))
      case .numbers(let numbers): .numbers(pick(numbers))
      }
    let factors = factors.map { all in
      Matrix(
        rows: indices.count, columns: all.columns,
        values: indices.flatMap { all.values[Int($0) * all.columns..<(Int($0) + 1) * all.columns] })
    }
    return Dataset(
      storage, count: indices.count, shape: shape, labels: labels.map { all in indices.map { all[Int($0)] } },
      factors: factors, factorNames: factorNames, source: source)
  }

  /// Returns the same samples with `labels` as their classes.
  public func labelled(_ labels: [Int32]) -> Dataset {
    Dataset(
      storage, count: count, shape: shape, labels: labels, factors: factors, factorNames: factorNames, source: source)
  }
}

/// Returns the least and the greatest of `values`, of which there must be at least one.
private func extremes<T: Comparable>(of values: [T]) -> (T, T) {
  precondition(!values.isEmpty, "Dataset: no values")
  var (low, high) = (values[0], values[0])
  for value in values {
    low = value < low ? value : low
    high = value > high ? value : high
  }
  return (low, high)
}
