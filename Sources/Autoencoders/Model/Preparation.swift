import Datasets
import Files
import Linalg

/// Turns raw data into what the network sees, and back. It serves training, inference, evaluation and components alike.
public struct Preparation: Sendable, Codable, Equatable {
  public var scaling: Scaling
  /// Says how values become 0 or 1; nil where they stay as they are.
  public var binarisation: Binarisation?

  public init(scaling: Scaling = .none, binarisation: Binarisation? = nil) {
    self.scaling = scaling
    self.binarisation = binarisation
  }

  /// Fills x with the samples `rows` of `data` as the network sees them. `draw` names the random numbers; nil for none.
  package func gather(
    _ data: Dataset, rows: Range<Int>, into x: MutableMatrixView<Float>, draw: NoiseStream? = nil
  ) {
    data.gather(rows: rows, into: x)
    finish(x, draw: draw, sample: rows.lowerBound)
  }

  /// Fills x with the samples `indices` as the network sees them; the first has the random numbers of sample `sample`
  /// of `draw`.
  package func gather(
    _ data: Dataset, _ indices: ArraySlice<Int32>, into x: MutableMatrixView<Float>, draw: NoiseStream?, sample: Int
  ) {
    data.gather(indices, into: x)
    finish(x, draw: draw, sample: sample)
  }

  private func finish(_ x: MutableMatrixView<Float>, draw: NoiseStream?, sample: Int) {
    scaling.apply(x)
    binarisation?.apply(to: x, draw: draw, sample: sample)
  }

  /// Replaces x, in the network's units, by the data that it stands for.
  package func undo(_ x: MutableMatrixView<Float>) { scaling.undo(x) }

  /// Brings x to the network's units, without binarisation, for a comparison with reconstructions.
  package func scale(_ x: MutableMatrixView<Float>) { scaling.apply(x) }

  /// Refuses a preparation that does not fit samples of `features` numbers.
  func validate(features: Int) throws(InvalidArgument) {
    if scaling.kind == .none { return }
    if binarisation != nil { throw InvalidArgument("binarise", expected: "needs data in [0, 1] without scaling") }
    if scaling.mean.count != features || scaling.factor.count != features {
      throw InvalidArgument("the scaling has \(scaling.mean.count) means for \(features) features")
    }
  }

  /// Refuses data that `network` cannot take: samples of another size than `shape` has, without the classes that the
  /// network is told, or outside of [0, 1] where that matters.
  func check(_ data: Dataset, shape: [Int], for network: Autoencoder) throws(FileError) {
    if data.featureCount != network.inputSize {
      throw FileError(
        .malformed, data.source,
        "samples of \(data.featureCount) features (shape \(data.shape)), but the model takes \(network.inputSize) "
          + "(shape \(shape))")
    }
    try Self.checkClasses(of: data, for: network)
    if network.loss.link == .logistic || binarisation != nil, !data.hasFractions {
      throw FileError(
        .malformed, data.source,
        "values from \(data.range.lowerBound) to \(data.range.upperBound), but the model takes values in [0, 1]")
    }
  }

  /// Refuses data without the classes that `network` is told.
  static func checkClasses(of data: Dataset, for network: Autoencoder) throws(FileError) {
    guard let classes = network.classes else { return }
    guard let labels = data.labels else {
      throw FileError(
        .malformed, data.source, "no labels, but the model is conditional on \(classes) classes; give their file")
    }
    if let label = labels.first(where: { !(0..<Int32(classes) ~= $0) }) {
      throw FileError(.malformed, data.source, "label \(label), but the model knows the classes 0 to \(classes - 1)")
    }
  }
}

extension Dataset {
  /// Returns the number of classes that a conditional model is told, which follows from the largest label.
  /// - Throws: `InvalidArgument` for data without labels, and for labels out of range.
  public func classCount() throws(InvalidArgument) -> Int {
    guard let labels else { throw InvalidArgument("conditional", expected: "needs `labels`") }
    let (low, high) = (labels.min()!, labels.max()!)
    let most = ClassConditionKind.most
    guard low >= 0, high < most else {
      throw InvalidArgument("labels", "from \(low) to \(high)", expected: "must be from 0 to \(most - 1)")
    }
    return Int(high) + 1
  }
}

extension NoiseStream {
  /// Returns the stream of the random numbers that are drawn outside of training.
  package static func evaluation(seed: UInt64) -> NoiseStream { NoiseStream(seed: seed, epoch: 0) }
}
