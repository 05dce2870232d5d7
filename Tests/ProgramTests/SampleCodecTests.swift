import Autoencoders
import Datasets
import Linalg
import Testing
import aetool

/// Tests codecs with models on one that keeps the first pixels of each sample and has a model of 5000 bytes.
@Suite struct SampleCodecTests {
  private let data = Dataset(pixels: (0..<8000).map { UInt8($0 % 251) }, count: 20, shape: [400], source: "ramp")

  private var codec: LearnedSampleCodec {
    LearnedSampleCodec(
      name: "first", settingName: "kept", ladder: [200, 20, 2], modelBytes: 5000,
      encode: { data, kept in
        guard case .bytes(let pixels) = data.storage else { preconditionFailure("numbers") }
        return (0..<data.count).flatMap { pixels[$0 * 400..<$0 * 400 + Int(kept)] }
      },
      decode: { file in
        let kept = file.count / 20
        return Matrix(
          rows: 20, columns: 400,
          values: (0..<20).flatMap { sample in
            (0..<400).map { $0 < kept ? Float(file[sample * kept + $0]) / 255 : 0 }
          })
      })
  }

  @Test func curvesGoFromFewBytesToMany() throws {
    let curve = try RateDistortionStudy(data, pixels: 400).curve(codec)
    #expect(curve.map(\.setting) == [2, 20, 200] && curve.map(\.point.bytes) == [40, 400, 4000])
    #expect(curve.map(\.point.setting) == ["kept 2", "kept 20", "kept 200"])
    // Pixels that are not kept become 0, so the error is the sum of their squares.
    guard case .bytes(let pixels) = data.storage else { return }
    let lost = pixels.indices.filter { $0 % 400 >= 20 }.reduce(0.0) { $0 + Double(pixels[$1]) * Double(pixels[$1]) }
    #expect(abs(curve[1].point.squaredError - lost / 255 / 255 / 20) < 1e-4)
  }

  @Test func settingsBetweenAreFound() throws {
    let study = RateDistortionStudy(data, pixels: 400)
    let curve = try study.curve(codec)
    for (wanted, range) in [(77.0, 76...78), (1.0, 2...2), (900, 200...200)] {
      let near = try study.nearest(codec, curve, bytes: wanted, count: 3)
      #expect(range.contains(near.point.bytes / 20), "\(near.point.bytes) bytes for \(wanted) each")
      #expect(near.reconstruction.rows == 3 && near.reconstruction.columns == 400)
    }
  }

  @Test func modelsAreHeldAgainstCodecsWithoutOne() throws {
    let curve = try RateDistortionStudy(data, pixels: 400).curve(codec).map(\.point)
    // The other codec needs three times the bytes for the same error, and no model.
    let other = curve.map {
      RateDistortionPoint(
        codec: "other", setting: $0.setting, bytes: 3 * $0.bytes, samples: 20, values: 400, pixels: 400,
        squaredError: $0.squaredError, encodeSeconds: 0, decodeSeconds: 0)
    }
    let report = RateDistortionReport(
      data: "ramp", samples: 20, shape: [400], curves: [(5000, curve), (0, other)], pictured: [], notes: [])
    // The codec saves 4, 40 and 400 bytes a sample: its 5000 bytes pay with more than 1250, 125 and 12.5 samples.
    let learned = report.points.filter { $0.codec == "first" }
    #expect(learned.map(\.samples_that_pay).allSatisfy { $0 != nil } && learned[2].samples_that_pay == 13)
    #expect(abs(learned[0].samples_that_pay! - 1251) <= 1 && abs(learned[1].samples_that_pay! - 126) <= 1)
    #expect(
      report.points.allSatisfy { $0.codec == "first" ? $0.best_without_model == "other" : $0.best_without_model == nil }
    )
    let table = report.table(reference: "other")
    #expect(table.contains { $0.hasSuffix("13 against other") })
    #expect(table.contains("first: a model of 5,000 bytes"))
    #expect(table.contains { $0.hasPrefix("  first") && $0.contains("-66.7 %") })
  }
}
