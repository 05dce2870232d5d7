import Datasets
import Files
import Foundation
import Linalg
import Testing

@Suite struct PlanarCurveTests {
  /// The points, angles and labels that a data argument gives.
  struct Points {
    let x: [Double]
    let y: [Double]
    let angle: [Double]
    let labels: [Int32]

    init(_ argument: String) throws {
      let data = try Dataset.open(argument)
      #expect(data.shape == [2] && !data.isPixels && data.factorNames == ["angle"])
      let numbers = values(data).map { Double($0) }
      x = stride(from: 0, to: numbers.count, by: 2).map { numbers[$0] }
      y = stride(from: 1, to: numbers.count, by: 2).map { numbers[$0] }
      angle = try #require(data.factors).values.map { Double($0) }
      labels = data.labels ?? []
    }

    /// Returns the standard deviation of all coordinates from the curve, and the largest deviation.
    func deviation(_ curve: (_ sample: Int) -> (Double, Double)) -> (standard: Double, largest: Double) {
      let offsets = x.indices.flatMap { [x[$0] - curve($0).0, y[$0] - curve($0).1] }
      let squares = offsets.reduce(0) { $0 + $1 * $1 }
      return ((squares / Double(offsets.count)).squareRoot(), offsets.map { abs($0) }.max()!)
    }
  }

  /// Checks for noise of σ = 0.02. Among 2 × 20,000 deviates the estimate of σ errs by σ/√80,000 = 0.35 %, and four
  /// times that is allowed. No deviate of these seeds is above 6.67 σ; the largest that can be drawn at all is 6.76 σ.
  static func expectNoise(_ deviation: (standard: Double, largest: Double)) {
    #expect(abs(deviation.standard / 0.02 - 1) < 0.014, "\(deviation)")
    #expect(deviation.largest < 6.67 * 0.02, "\(deviation)")
  }

  /// Checks that numbers are uniform in [0, 1): no tenth has five standard deviations more or less than its share.
  static func expectUniform(_ fractions: [Double]) {
    let expected = Double(fractions.count) / 10
    for tenth in 0..<10 {
      let count = fractions.filter { Int($0 * 10) == tenth }.count
      #expect(abs(Double(count) - expected) < 5 * (0.9 * expected).squareRoot(), "tenth \(tenth): \(count)")
    }
    #expect(fractions.allSatisfy { 0...1 ~= $0 })
  }

  @Test func aSpiralOfTwoTurnsIsUniformInLength() throws {
    let points = try Points("spiral:20000")
    let end = 4 * Double.pi
    Self.expectNoise(
      points.deviation { sample in
        let t = points.angle[sample]
        return (t / end * cos(t), t / end * sin(t))
      })
    // The length of r = t up to t has the closed form ½ (t √(1 + t²) + arsinh t).
    func length(_ t: Double) -> Double { (t * (1 + t * t).squareRoot() + asinh(t)) / 2 }
    Self.expectUniform(points.angle.map { length($0) / length(end) })
    #expect(points.labels.isEmpty && points.angle.max()! <= end + 1e-6)
  }

  @Test func aCircleHasRadiusOne() throws {
    let points = try Points("circle:20000")
    Self.expectNoise(points.deviation { (cos(points.angle[$0]), sin(points.angle[$0])) })
    Self.expectUniform(points.angle.map { $0 / (2 * .pi) })
    #expect(points.labels.isEmpty)
  }

  /// The moons are scikit-learn's: the outer half circle is about (0, 0), the inner one, upside down, about (1, ½).
  @Test func moonsAreTwoHalfCircles() throws {
    let points = try Points("moons:20000")
    Self.expectNoise(
      points.deviation { sample in
        let (c, s) = (cos(points.angle[sample]), sin(points.angle[sample]))
        return points.labels[sample] == 0 ? (c, s) : (1 - c, 0.5 - s)
      })
    for label in 0...1 {
      let angles = zip(points.angle, points.labels).filter { $0.1 == label }.map { $0.0 / .pi }
      Self.expectUniform(angles)
      // A moon has half of 20,000 points, give or take five standard deviations of 71.
      #expect(abs(angles.count - 10_000) < 354)
    }
  }

  @Test(arguments: PlanarCurve.allCases)
  func aSampleDoesNotDependOnHowManyThereAre(curve: PlanarCurve) throws {
    let few = curve.generate(count: 10, seed: 5)
    let many = curve.generate(count: 300, seed: 5)
    #expect(values(many).starts(with: values(few)))
    #expect(many.subset(0..<10).factors == few.factors && many.subset(0..<10).labels == few.labels)
    #expect(values(curve.generate(count: 10, seed: 6)) != values(few))
    #expect(try values(Dataset.open("\(curve):10:5")) == values(few))
    let unseeded = try Dataset.open("\(curve):10")
    #expect(values(unseeded) == values(curve.generate(count: 10, seed: 1)) && unseeded.source == "\(curve):10:1")
  }

  @Test func everyGeneratorIsOpenedAndNamesWhatItExpects() throws {
    #expect(GeneratedData.all.map(\.name) == ["digits", "shapes", "spiral", "circle", "moons"])
    for generator in GeneratedData.all {
      #expect(try Dataset.open("\(generator.name):3:7").count == 3)
      let expected =
        "expected \(generator.name):N or \(generator.name):N:SEED, N from 1 to 10000000, SEED a whole number; "
        + "as in \(generator.name):1000:2"
      for wrong in ["", "0", "x", "5:-1", "5:1:2", "10000001"] {
        let argument = "\(generator.name):\(wrong)"
        #expect(throws: FileError(.malformed, argument, expected)) { try Dataset.open(argument) }
      }
    }
    // Without the colon, the word is the name of a file.
    #expect(complaint("spiral").contains("cannot be read"))
  }
}
