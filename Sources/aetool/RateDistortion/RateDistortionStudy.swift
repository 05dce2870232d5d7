import Autoencoders
import Datasets
import Files
import Linalg

/// The test data on which codecs are measured.
package struct RateDistortionStudy {
  let data: Dataset
  /// The number of pixels in a sample, or of numbers where samples are no images.
  let pixels: Int
  private let originals: Matrix<Float>
  /// The factor of each feature by which differences are multiplied; nil where values are from 0 to 1.
  private let factors: [Float]?

  package struct Measurement {
    package let setting: Double
    package let point: RateDistortionPoint
  }

  /// The setting of a codec that comes nearest to a wanted number of bytes a sample, and the first samples at it.
  package struct NearBytes {
    package let point: RateDistortionPoint
    package let reconstruction: Matrix<Float>
  }

  package init(_ data: Dataset, pixels: Int) {
    self.data = data
    self.pixels = pixels
    let originals = data.matrix
    self.originals = originals
    factors = data.hasFractions ? nil : Scaling.fit(.standard, to: data).factor
  }

  /// The notes that readers of the numbers need.
  var notes: [String] {
    factors == nil
      ? [] : ["errors are in units of each number's standard deviation; psnr is the ratio of signal to noise"]
  }

  /// Returns Σ (f·(x̂ − x))² over all samples, in Double, where f is the feature's factor, or 1 where there are none.
  private func squaredDistance(_ reconstruction: Matrix<Float>) -> Double {
    var total = 0.0
    let width = originals.columns
    for i in originals.values.indices {
      let scale = factors.map { Double($0[i % width]) } ?? 1
      let difference = Double(reconstruction.values[i] - originals.values[i]) * scale
      total += difference * difference
    }
    return total
  }

  /// Measures the curve of a codec and returns it from the fewest bytes to the most.
  package func curve(_ codec: any SampleCodec) throws -> [Measurement] {
    try codec.ladder.map { try measure(codec, at: $0).measurement }.sorted { $0.point.bytes < $1.point.bytes }
  }

  /// Returns the first `count` samples at a setting with nearly `bytes` a sample: the nearest setting of `curve`, or
  /// one between two of them that is found by halving.
  package func nearest(
    _ codec: any SampleCodec, _ curve: [Measurement], bytes: Double, count: Int
  ) throws -> NearBytes {
    func distance(_ bytesPerSample: Double) -> Double { abs(Double.log(max(bytesPerSample, 1e-9) / bytes)) }
    var known = curve
    for _ in 0..<8 {
      guard let above = known.firstIndex(where: { $0.point.bytesPerSample > bytes }), above > 0,
        let setting = codec.between(known[above - 1].setting, known[above].setting)
      else { break }
      let measurement = try measure(codec, at: setting).measurement
      known.insert(measurement, at: known.firstIndex { $0.point.bytes > measurement.point.bytes } ?? known.endIndex)
      if distance(measurement.point.bytesPerSample) < 0.005 { break }
    }
    let best = known.min { distance($0.point.bytesPerSample) < distance($1.point.bytesPerSample) }!
    let (measurement, samples) = try measure(codec, at: best.setting)
    return NearBytes(point: measurement.point, reconstruction: first(count, of: samples.reconstruction))
  }

  /// Returns the first `count` samples as they are.
  func firstOriginals(_ count: Int) -> Matrix<Float> { first(count, of: originals) }

  private func first(_ count: Int, of samples: Matrix<Float>) -> Matrix<Float> {
    let rows = min(count, samples.rows)
    return Matrix(rows: rows, columns: samples.columns, values: Array(samples.values.prefix(rows * samples.columns)))
  }

  private func measure(
    _ codec: any SampleCodec, at setting: Double
  ) throws -> (measurement: Measurement, samples: CodedSamples) {
    let coded = try codec.code(data, at: setting)
    let error = squaredDistance(coded.reconstruction) / Double(data.count)
    guard error.isFinite else {
      throw FileError(.malformed, data.source, "what \(codec.name) makes of it, \(codec.label(setting)), is not finite")
    }
    let point = RateDistortionPoint(
      codec: codec.name, setting: codec.label(setting), bytes: coded.bytes, samples: data.count,
      values: data.featureCount, pixels: pixels,
      squaredError: error,
      encodeSeconds: coded.encodeSeconds, decodeSeconds: coded.decodeSeconds)
    return (Measurement(setting: setting, point: point), coded)
  }
}
