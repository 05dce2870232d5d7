import Autoencoders
import Datasets
import Linalg

/// A codec that needs a model, from what writes and reads its files.
package struct LearnedSampleCodec: SampleCodec {
  package let name: String
  package let settingName: String
  package let ladder: [Double]
  /// The model's file.
  package let modelBytes: Int
  /// The file of `data` at a setting greater than 0, container included.
  let encode: (_ data: Dataset, _ setting: Double) throws -> [UInt8]
  /// The samples of a file, samples × features in the units of the data.
  let decode: (_ file: [UInt8]) throws -> Matrix<Float>

  package init(
    name: String, settingName: String, ladder: [Double], modelBytes: Int,
    encode: @escaping (Dataset, Double) throws -> [UInt8], decode: @escaping ([UInt8]) throws -> Matrix<Float>
  ) {
    precondition(!ladder.isEmpty && ladder.allSatisfy { $0 > 0 }, "LearnedSampleCodec: settings \(ladder)")
    self.name = name
    self.settingName = settingName
    self.ladder = ladder
    self.modelBytes = modelBytes
    self.encode = encode
    self.decode = decode
  }

  /// Steps and rates are even in their logarithms.
  package func between(_ one: Double, _ other: Double) -> Double? {
    let middle = (one * other).squareRoot()
    return abs(one / other - 1) < 1e-3 ? nil : middle
  }

  package func code(_ data: Dataset, at setting: Double) throws -> CodedSamples {
    let (file, encodeSeconds) = try timed { try encode(data, setting) }
    let (decoded, decodeSeconds) = try timed { try decode(file) }
    precondition(
      decoded.rows == data.count && decoded.columns == data.featureCount,
      "\(name): \(decoded.rows)×\(decoded.columns) decoded of \(data.count)×\(data.featureCount)")
    return CodedSamples(
      bytes: file.count, reconstruction: decoded, encodeSeconds: encodeSeconds, decodeSeconds: decodeSeconds)
  }
}

/// A codec for each model, and for each code size that these have the components of `train` with the same codec: the
/// Karhunen-Loève transform, the best linear one.
func learnedCodecs(
  models: [String], train: String?, test: Dataset, threads: Int
) throws -> [any SampleCodec] {
  if models.isEmpty && train == nil { return [] }
  throw ProgramError(.usage, "--model, --train: models have no codec yet; leave both out to compare the image codecs")
}
