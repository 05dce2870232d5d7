import Autoencoders
import Figures

/// The curves of all codecs as numbers, a table and a chart.
package struct RateDistortionReport: Encodable {
  package struct Point: Encodable {
    package let codec: String
    package let setting: String
    package let bytes: Int
    let bytes_per_sample: Double
    let bits_per_pixel: Double
    let squared_error_per_sample: Double
    /// The peak signal-to-noise ratio in dB; nil where there is no error.
    let psnr_db: Double?
    let encode_seconds: Double
    let decode_seconds: Double
    let model_bytes: Int
    /// The codec without a model that has the fewest bytes for this error or less; nil where there is none, and for the
    /// codecs without a model themselves.
    package let best_without_model: String?
    /// The number of samples from which on the model and the codec's files together are smaller than the files of
    /// `best_without_model`; nil where they never are.
    package let samples_that_pay: Int?
  }

  struct Bjontegaard: Encodable {
    let codec: String
    let reference: String
    /// How many per cent more bytes the codec takes than the reference at the same PSNR, on average; negative for
    /// fewer.
    let percent: Double
    let from_db: Double
    let to_db: Double
  }

  struct BjontegaardRates: Encodable {
    let interpolation = "ln(bytes) over PSNR, " + MonotoneCubic.name
    let pairs: [Bjontegaard]
  }

  /// A row of same-bytes.png.
  struct Pictured: Encodable {
    let codec: String
    let setting: String
    let bytes_per_sample: Double
    let squared_error_per_sample: Double
  }

  let data: String
  let samples: Int
  let shape: [Int]
  package let points: [Point]
  let bd_rate: BjontegaardRates
  /// The rows of same-bytes.png from the second on; the first shows the originals.
  let same_bytes: [Pictured]
  let notes: [String]

  /// - Parameter curves: a list of points for each codec, with the bytes of its model.
  package init(
    data: String, samples: Int, shape: [Int], curves: [(modelBytes: Int, points: [RateDistortionPoint])],
    pictured: [RateDistortionPoint], notes: [String]
  ) {
    self.data = data
    self.samples = samples
    self.shape = shape
    self.notes = notes
    let interpolated = curves.compactMap { curve in
      RateDistortionCurve(curve.points).map {
        (name: curve.points[0].codec, needsModel: curve.modelBytes > 0, curve: $0)
      }
    }
    // Codecs without error serve for any error that is asked for.
    let exact = curves.filter { $0.modelBytes == 0 }.flatMap(\.points).filter { $0.psnr == nil }
      .map { ($0.codec, $0.bytesPerSample) }
    points = curves.flatMap { curve in
      curve.points.map { point in
        let alternative =
          curve.modelBytes == 0
          ? nil
          : (exact
            + interpolated.compactMap { other in
              point.psnr.flatMap { other.needsModel ? nil : other.curve.rate(reachingPSNR: $0) }.map {
                (other.name, $0)
              }
            }).min { $0.1 < $1.1 }
        return Point(point, modelBytes: curve.modelBytes, alternative)
      }
    }
    bd_rate = BjontegaardRates(
      pairs: interpolated.flatMap { codec in
        interpolated.compactMap { reference in
          guard codec.name != reference.name, let delta = codec.curve.bjontegaardRate(against: reference.curve) else {
            return nil
          }
          return Bjontegaard(
            codec: codec.name, reference: reference.name, percent: delta.percent, from_db: delta.over.lowerBound,
            to_db: delta.over.upperBound)
        }
      })
    same_bytes = pictured.map {
      Pictured(
        codec: $0.codec, setting: $0.setting, bytes_per_sample: $0.bytesPerSample,
        squared_error_per_sample: $0.squaredError)
    }
  }

  var csv: String {
    var text =
      "codec,setting,bytes,bytes_per_sample,bits_per_pixel,squared_error_per_sample,psnr_db,encode_seconds,"
      + "decode_seconds,model_bytes,best_without_model,samples_that_pay\n"
    for point in points {
      let columns: [String] = [
        csvField(point.codec), csvField(point.setting), "\(point.bytes)", "\(point.bytes_per_sample)",
        "\(point.bits_per_pixel)", "\(point.squared_error_per_sample)", point.psnr_db.map { "\($0)" } ?? "",
        "\(point.encode_seconds)", "\(point.decode_seconds)", "\(point.model_bytes)",
        csvField(point.best_without_model ?? ""), point.samples_that_pay.map { "\($0)" } ?? "",
      ]
      text += columns.joined(separator: ",") + "\n"
    }
    return text
  }

  /// Returns the lines of a table with the points, and with the BD-rates against the codec `reference`.
  package func table(reference: String) -> [String] {
    let width = max(5, points.map(\.codec.count).max() ?? 0) + 2
    let hasModels = points.contains { $0.model_bytes > 0 }
    func row(_ name: String, _ setting: String, _ numbers: [String], _ last: String) -> String {
      pad(name, width) + pad(setting, 13) + numbers.map { pad($0, 11, left: true) }.joined() + (hasModels ? last : "")
    }
    var lines = [
      row(
        "codec", "setting", ["bytes each", "bits/pixel", "error", "PSNR dB", "encode s", "decode s"],
        "   pays from samples")
    ]
    for point in points {
      let numbers = [
        point.bytes_per_sample.formatted(2), point.bits_per_pixel.formatted(3),
        point.squared_error_per_sample.significant(4), point.psnr_db.map { $0.formatted(2) } ?? "exact",
        point.encode_seconds.significant(3), point.decode_seconds.significant(3),
      ]
      let pays = point.best_without_model.map { codec in
        "   " + (point.samples_that_pay.map { "\($0.grouped)" } ?? "never") + " against \(codec)"
      }
      lines.append(row(point.codec, point.setting, numbers, pays ?? ""))
    }
    for model in Set(points.filter { $0.model_bytes > 0 }.map(\.codec)).sorted() {
      lines.append("\(model): a model of \(points.first { $0.codec == model }!.model_bytes.grouped) bytes")
    }
    let rates = bd_rate.pairs.filter { $0.reference == reference }
    if !rates.isEmpty { lines.append("BD-rate against \(reference); \(bd_rate.interpolation)") }
    for rate in rates {
      let percent = (rate.percent > 0 ? "+" : "") + rate.percent.formatted(1)
      lines.append(
        "  " + pad(rate.codec, width) + pad("\(percent) %", 10, left: true)
          + "   from \(rate.from_db.formatted(2)) to \(rate.to_db.formatted(2)) dB")
    }
    return lines + notes
  }

  var chart: Chart {
    var names: [String] = []
    for point in points where !names.contains(point.codec) && point.squared_error_per_sample > 0 {
      names.append(point.codec)
    }
    return Chart(
      title: "Bytes and error of \(samples.grouped) samples of \(data.split(separator: "/").last ?? "")",
      xLabel: "bytes per sample", yLabel: "squared error per sample",
      series: names.map { name in
        Chart.Series(
          name, points.filter { $0.codec == name }.map { .init($0.bytes_per_sample, $0.squared_error_per_sample) })
      }, xScale: .logarithmic, yScale: .logarithmic)
  }
}

extension RateDistortionReport.Point {
  fileprivate init(_ point: RateDistortionPoint, modelBytes: Int, _ alternative: (name: String, rate: Double)?) {
    self.init(
      codec: point.codec, setting: point.setting, bytes: point.bytes, bytes_per_sample: point.bytesPerSample,
      bits_per_pixel: point.bitsPerPixel, squared_error_per_sample: point.squaredError, psnr_db: point.psnr,
      encode_seconds: point.encodeSeconds, decode_seconds: point.decodeSeconds, model_bytes: modelBytes,
      best_without_model: alternative?.name,
      samples_that_pay: alternative.flatMap {
        samplesThatPay(forModelOf: modelBytes, rate: point.bytesPerSample, alternative: $0.rate)
      })
  }
}
