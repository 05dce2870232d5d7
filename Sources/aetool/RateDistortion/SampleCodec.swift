import Datasets
import Linalg

/// A way to store samples in files, with a setting that trades bytes for error.
package protocol SampleCodec {
  var name: String { get }
  /// The name of what is set, as in "quality".
  var settingName: String { get }
  /// The settings of a curve, about eight in any order, or a single one for a codec that has no choice.
  var ladder: [Double] { get }
  /// The bytes of the model that a reader must have besides the files; 0 for programs that everyone has.
  var modelBytes: Int { get }
  /// Returns a setting between two others, or nil where there is none.
  func between(_ one: Double, _ other: Double) -> Double?
  /// Returns what `data` become at a setting: the size of real files, and what a reader of these files gets.
  func code(_ data: Dataset, at setting: Double) throws -> CodedSamples
}

extension SampleCodec {
  /// Returns text like "quality 30", with whole numbers written without a point.
  package func label(_ setting: Double) -> String {
    let number = setting == setting.rounded() && abs(setting) < 1e9 ? "\(Int(setting))" : setting.significant(3)
    return "\(settingName) \(number)"
  }
}

package struct CodedSamples {
  /// The size of all files together, in bytes, with everything in them that a reader needs.
  package let bytes: Int
  /// samples × features, in the units of the data.
  package let reconstruction: Matrix<Float>
  package let encodeSeconds: Double
  package let decodeSeconds: Double
}

/// Returns what `body` gives, and how long it took.
func timed<Result>(_ body: () throws -> Result) rethrows -> (Result, seconds: Double) {
  let start = ContinuousClock.now
  let result = try body()
  let (seconds, attoseconds) = (ContinuousClock.now - start).components
  return (result, Double(seconds) + Double(attoseconds) * 1e-18)
}
