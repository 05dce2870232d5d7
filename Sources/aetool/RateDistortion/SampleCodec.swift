import Datasets
import Linalg

/// A way to store samples in files, with a setting that trades bytes for error.
package protocol SampleCodec {
  var name: String { get }
  /// What is set, as in "quality".
  var settingName: String { get }
  /// The settings of a curve, about eight, in any order; one for a codec that has no choice.
  var ladder: [Double] { get }
  /// What a reader must have besides the files; 0 for programs that everyone has.
  var modelBytes: Int { get }
  /// A setting between two others, nil where there is none.
  func between(_ one: Double, _ other: Double) -> Double?
  /// What `data` become at a setting: bytes of real files, and what a reader of these files gets.
  func code(_ data: Dataset, at setting: Double) throws -> CodedSamples
}

extension SampleCodec {
  /// "quality 30"; whole numbers without a point.
  package func label(_ setting: Double) -> String {
    let number = setting == setting.rounded() && abs(setting) < 1e9 ? "\(Int(setting))" : setting.significant(3)
    return "\(settingName) \(number)"
  }
}

package struct CodedSamples {
  /// Of all files, with everything in them that a reader needs.
  package let bytes: Int
  /// samples × features, in the units of the data.
  package let reconstruction: Matrix<Float>
  package let encodeSeconds: Double
  package let decodeSeconds: Double
}

/// What `body` gives, and how long it took.
func timed<Result>(_ body: () throws -> Result) rethrows -> (Result, seconds: Double) {
  let start = ContinuousClock.now
  let result = try body()
  let (seconds, attoseconds) = (ContinuousClock.now - start).components
  return (result, Double(seconds) + Double(attoseconds) * 1e-18)
}
