import Autoencoders
import Foundation
import Testing

@Suite struct RateDistortionTests {
  /// These are the golden numbers that Golden/scipy_pchip.py makes.
  struct Golden: Decodable {
    struct Curve: Decodable {
      let x, y, places, values, integrals: [Double]
      let ranges: [[Double]]
    }
    struct Bjontegaard: Decodable {
      let curve, reference: Int
      let percent: Double
    }
    let curves: [Curve]
    let bjontegaard: Bjontegaard
  }

  static let golden: Golden = {
    let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Golden/scipy_pchip.json")
    return try! JSONDecoder().decode(Golden.self, from: Data(contentsOf: url))
  }()

  @Test func interpolatesAsSciPy() {
    for curve in Self.golden.curves {
      let cubic = MonotoneCubic(curve.x, curve.y)
      for (place, value) in zip(curve.places, curve.values) { #expect(abs(cubic(place) - value) < 1e-12) }
      for (range, integral) in zip(curve.ranges, curve.integrals) {
        #expect(abs(cubic.integral(over: range[0]...range[1]) - integral) < 1e-12 * max(1, abs(integral)))
      }
    }
  }

  /// Returns a point of `rate` bytes per sample with this PSNR, for samples of 784 numbers.
  private func point(psnr: Double, rate: Double) -> RateDistortionPoint {
    RateDistortionPoint(
      codec: "c", setting: "s", bytes: Int((rate * 10_000).rounded()), samples: 10_000, values: 784, pixels: 784,
      squaredError: 784 * pow(10, -psnr / 10), encodeSeconds: 0, decodeSeconds: 0)
  }

  private func points(_ curve: Golden.Curve, times factor: Double = 1) -> [RateDistortionPoint] {
    zip(curve.x, curve.y).map { point(psnr: $0, rate: exp($1) * factor) }
  }

  @Test func unitsAreThoseOfTheField() throws {
    let point = RateDistortionPoint(
      codec: "c", setting: "s", bytes: 9800, samples: 100, values: 784, pixels: 784, squaredError: 7.84,
      encodeSeconds: 0, decodeSeconds: 0)
    #expect(point.bytesPerSample == 98 && point.bitsPerPixel == 1)
    #expect(try abs(#require(point.psnr) - 20) < 1e-12)
  }

  @Test func bjontegaardRateIsSciPys() throws {
    let golden = Self.golden.bjontegaard
    let one = try #require(RateDistortionCurve(points(Self.golden.curves[golden.curve])))
    let two = try #require(RateDistortionCurve(points(Self.golden.curves[golden.reference])))
    let delta = try #require(one.bjontegaardRate(against: two))
    // The number of bytes is whole, so a rate of 11 or more bytes per sample over 10,000 samples is known to 1e-5.
    #expect(abs(delta.percent - golden.percent) < 1e-3)
    #expect(abs(delta.over.lowerBound - 20.1) < 1e-9 && abs(delta.over.upperBound - 29) < 1e-9)
  }

  @Test func bjontegaardRateOfFactors() throws {
    let curve = Self.golden.curves[1]
    let one = try #require(RateDistortionCurve(points(curve, times: 2)))
    #expect(try abs(#require(one.bjontegaardRate(against: one)).percent) < 1e-9)
    let half = try #require(RateDistortionCurve(points(curve)))
    #expect(try abs(#require(half.bjontegaardRate(against: one)).percent + 50) < 1e-9)
    #expect(try abs(#require(one.bjontegaardRate(against: half)).percent - 100) < 1e-9)
    // The best PSNR of the first curve is 31.2 dB, so the two curves have no PSNR in common.
    let better = try #require(RateDistortionCurve([point(psnr: 40, rate: 50), point(psnr: 45, rate: 60)]))
    #expect(better.bjontegaardRate(against: one) == nil)
  }

  @Test func curvesHaveWhatIsNotBeaten() throws {
    let good = [point(psnr: 20, rate: 10), point(psnr: 30, rate: 30)]
    let exact = RateDistortionPoint(
      codec: "c", setting: "s", bytes: 9, samples: 1, values: 4, pixels: 4, squaredError: 0, encodeSeconds: 0,
      decodeSeconds: 0)
    #expect(RateDistortionCurve([exact, good[0]]) == nil)
    #expect(RateDistortionCurve([good[0], good[0]]) == nil)
    let beaten = try #require(
      RateDistortionCurve([point(psnr: 15, rate: 12), good[1], point(psnr: 25, rate: 40), good[0], exact]))
    #expect(abs(beaten.psnrs.lowerBound - 20) < 1e-9 && abs(beaten.psnrs.upperBound - 30) < 1e-9)
    // Two points give a straight line of ln(rate), whose middle is the geometric mean of the rates.
    #expect(try abs(#require(beaten.rate(reachingPSNR: 25)) - 300.0.squareRoot()) < 1e-6)
    #expect(beaten.rate(reachingPSNR: 31) == nil)
    // The cheapest point is better than the PSNR that is asked for.
    #expect(try abs(#require(beaten.rate(reachingPSNR: 3)) - 10) < 1e-9)
  }

  @Test func modelsPayWithEnoughSamples() {
    // A model of 1000 bytes saves 5 bytes with each sample, so 200 samples take as many bytes as without the model, and
    // 201 take fewer.
    #expect(samplesThatPay(forModelOf: 1000, rate: 15, alternative: 20) == 201)
    #expect(samplesThatPay(forModelOf: 1001, rate: 15, alternative: 20) == 201)
    #expect(samplesThatPay(forModelOf: 0, rate: 15, alternative: 20) == 1)
    #expect(samplesThatPay(forModelOf: 1000, rate: 20, alternative: 20) == nil)
    #expect(samplesThatPay(forModelOf: 1000, rate: 21, alternative: 20) == nil)
  }
}
