import AEZ
import Autoencoders
import Datasets
import Files
import Linalg

/// A codec that needs a model, made of the functions that write and read its files.
package struct LearnedSampleCodec: SampleCodec {
  package let name: String
  package let settingName: String
  package let ladder: [Double]
  /// The size of the model's file, in bytes.
  package let modelBytes: Int
  /// Returns the file of `data` at a setting greater than 0; the file includes the container.
  let encode: (_ data: Dataset, _ setting: Double) throws -> [UInt8]
  /// Returns the samples of a file, samples × features, in the units of the data.
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

  /// Returns the geometric mean, since steps and rates are even in their logarithms, or nil where the two are nearly
  /// equal.
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

/// Returns a codec for each model, and the same codec for the principal components of `train`: the Karhunen-Loève
/// transform, which is the best linear one, with as many components as can be worth a bit (256 at most).
func learnedCodecs(models: [String], train: String?, threads: Int) throws -> [any SampleCodec] {
  var codecs: [any SampleCodec] = []
  var names: Set<String> = ["klt"]
  for path in models {
    let name = fileName(path)
    codecs.append(learnedCodec(freeName(name, &names), try IdentifiedModel(path), threads: threads))
  }
  guard let train else { return codecs }
  let data = try Dataset.open(train)
  let scaling = Scaling.fit(data.hasFractions ? .none : .standard, to: data)
  let pca = try PCA.fit(
    SampleStream(data), .components(min(data.featureCount, data.count - 1, 256)), scaling: scaling, threads: threads)
  var klt = try Model(pca, shape: data.shape, scaling: scaling)
  try klt.rememberCodes(on: data, threads: threads)
  return codecs + [learnedCodec("klt", try IdentifiedModel(klt, name: "klt.safetensors"), threads: threads)]
}

/// Returns the codec of a model, called `name`.
func learnedCodec(_ name: String, _ model: IdentifiedModel, threads: Int) -> any SampleCodec {
  let codec = Codec(model, threads: threads)
  return LearnedSampleCodec(
    name: name, settingName: "step", ladder: [3, 2, 1.4, 1, 0.7, 0.5, 0.35, 0.25], modelBytes: model.size,
    encode: { data, step in try codec.compress(data, Codec.Options(rate: .step(step))).bytes },
    decode: { bytes in
      let file = try AEZFile(RandomAccessFile(bytes, path: name))
      return try Decompressor(file, model: model, threads: threads)()
    })
}

/// Returns `name`, with a number behind it where it is taken, and adds the result to `taken`.
private func freeName(_ name: String, _ taken: inout Set<String>) -> String {
  var free = name
  var number = 2
  while !taken.insert(free).inserted {
    free = "\(name)#\(number)"
    number += 1
  }
  return free
}
