import Datasets
import Files

/// What tells data from others: their size, shape, and a hash of some of their samples. Two files with the same samples
/// have the same fingerprint.
public struct DataFingerprint: Sendable, Codable, Equatable {
  /// The name that the user gave the data; it is not compared.
  public var source: String
  public var samples: Int
  public var shape: [Int]
  /// The SHA-256 of up to 1,000 samples spread evenly over the data, with their classes where the model is told
  /// classes.
  public var sha256: String

  static let mostSamples = 1000

  public init(_ data: Dataset, withClasses: Bool) {
    source = data.source
    samples = data.count
    shape = data.shape
    var hash = SHA256Stream()
    let (width, count) = (data.featureCount, min(data.count, Self.mostSamples))
    for number in 0..<count {
      let index = number * data.count / count
      let place = index * width..<(index + 1) * width
      switch data.storage {
      case .bytes(let bytes): hash.add(Array(bytes[place]))
      case .numbers(let numbers): hash.add(numbers[place])
      }
      if withClasses, let labels = data.labels { hash.add(Int(labels[index])) }
    }
    sha256 = hash.value().hexadecimal
  }

  /// Whether the data look the same, whatever their names.
  public func matches(_ other: DataFingerprint) -> Bool {
    samples == other.samples && shape == other.shape && sha256 == other.sha256
  }

  /// Returns what these data are, in contrast to `other`.
  func text(against other: DataFingerprint) -> String {
    let size = "\(samples) \(samples == 1 ? "sample" : "samples") of shape \(shape)"
    return samples == other.samples && shape == other.shape ? "\(size), but with other values" : size
  }
}

/// Says on which data a run trains and validates, so that it goes on with no others.
public struct RunFingerprint: Sendable, Codable, Equatable {
  /// The data for training, without the share that is held out.
  public var data: DataFingerprint
  /// The validation data; nil where nothing is validated.
  public var validation: DataFingerprint?
  /// The share of all data that is held out for validation, in (0, 1); nil where validation has data of its own.
  public var share: Double?

  public init(_ model: Model, data: Dataset, validation: Dataset? = nil, share: Double? = nil) {
    let withClasses = model.network.classes != nil
    self.data = DataFingerprint(data, withClasses: withClasses)
    self.validation = validation.map { DataFingerprint($0, withClasses: withClasses) }
    self.share = share
  }

  /// Returns what is different about `other`, each with the parameter that it concerns; empty where nothing is.
  public func differences(to other: RunFingerprint) -> [InvalidArgument] {
    var found: [InvalidArgument] = []
    switch (validation, other.validation) {
    case (let own?, nil):
      found.append(
        InvalidArgument(
          "validation",
          expected: "the run validates on \(share.map { "the share \($0) of its data" } ?? "'\(own.source)'")"))
    case (nil, let now?):
      found.append(InvalidArgument("validation", now.source, expected: "the run does not validate"))
    case (let own?, let now?) where !own.matches(now):
      found.append(
        InvalidArgument(
          "validation", other.share.map { "\($0)" } ?? now.source,
          expected: "the run validates on \(own.text(against: now)) from \(own.source), found \(now.text(against: own))"
        ))
    default: break
    }
    if !data.matches(other.data) {
      found.append(
        InvalidArgument(
          "data", other.data.source,
          expected: "the run trains on \(data.text(against: other.data)) from \(data.source), found "
            + other.data.text(against: data)))
    }
    return found
  }
}
