import Linalg
import Testing

@testable import Autoencoders

@Suite struct LineSearchTests {
  typealias Function = @Sendable (Double) -> (value: Double, slope: Double)

  /// These are functions φ(α) on α ≥ 0 with their derivatives φ′; all have φ′(0) < 0.
  static let functions: [(name: String, phi: Function)] = [
    ("quadratic", { a in ((a - 1) * (a - 1), 2 * (a - 1)) }),
    ("quartic, flat at its minimum", { a in (power(a - 3, 4), 4 * (a - 3) * (a - 3) * (a - 3)) }),
    // This is (5.1) of Moré and Thuente 1994 with β = 2, which leaves a narrow range of steps.
    ("-α / (α² + 2)", { a in (-a / (a * a + 2), (a * a - 2) / ((a * a + 2) * (a * a + 2))) }),
    // This is (5.2) of Moré and Thuente 1994 with β = 0.004, which is concave at first and then steep.
    (
      "(α + β)⁵ − 2(α + β)⁴",
      { a in
        let b = a + 0.004
        return (b * b * b * b * b - 2 * b * b * b * b, 5 * b * b * b * b - 8 * b * b * b)
      }
    ),
    ("waves", { a in (0.05 * a * a - 0.7 * sine(a), 0.1 * a - 0.7 * cosine(a)) }),
    ("a wall: infinite from 2 on", { a in a < 2 ? (-Double.log(2 - a) - 3 * a, 1 / (2 - a) - 3) : (.infinity, .nan) }),
  ]

  private static func power(_ x: Double, _ exponent: Int) -> Double { (0..<exponent).reduce(1) { y, _ in y * x } }

  @Test(arguments: functions.indices, [1e-4, 0.1, 1, 17, 1000])
  func theStrongWolfeConditionsHold(index: Int, first: Double) throws {
    let (name, phi) = Self.functions[index]
    let start = phi(0)
    for curvature in [0.9, 0.1] {
      let search = LineSearch(curvature: curvature, limit: 60)
      var trials = 0
      let found = search.search(value: start.value, slope: start.slope, first: first) { step in
        trials += 1
        return phi(step)
      }
      let point = try #require(found, "\(name) from \(first)")
      let (value, slope) = phi(point.step)
      #expect(point == LineSearch.Point(step: point.step, value: value, slope: slope))
      #expect(value <= start.value + 1e-4 * point.step * start.slope, "\(name) from \(first): step \(point.step)")
      #expect(abs(slope) <= curvature * abs(start.slope), "\(name) from \(first): step \(point.step), slope \(slope)")
      #expect(trials <= 30)
    }
  }

  /// The first trial of 10 overshoots the minimum at 1. The cubic through the points at 0 and 10 has its minimum
  /// exactly there.
  @Test func theCubicOfAQuadraticHasItsMinimum() {
    var trials: [Double] = []
    let found = LineSearch(curvature: 0.01).search(value: 1, slope: -2, first: 10) { step in
      trials.append(step)
      return ((step - 1) * (step - 1), 2 * (step - 1))
    }
    #expect(trials.count == 2)
    #expect(abs((found?.step ?? 0) - 1) < 1e-12)
  }

  @Test func whereNothingDescendsThereIsNoStep() {
    func trials(_ slope: Double, _ phi: (Double) -> (value: Double, slope: Double)) -> Int? {
      var count = 0
      let found = LineSearch(limit: 20).search(value: 0, slope: slope, first: 1) { step in
        count += 1
        return phi(step)
      }
      return found == nil ? count : nil
    }
    #expect(trials(1) { ($0, 1) } == 0, "uphill")
    #expect(trials(0) { ($0, 1) } == 0, "flat")
    #expect(trials(.nan) { ($0, 1) } == 0)
    // The slope at 0 promises a descent that the values do not show.
    #expect(trials(-1) { ($0, 1) } == 20)
    #expect(trials(-1) { _ in (.nan, .nan) } == 20)
  }

  /// φ is 10⁹ with a rounding error of 1, and it should have fallen by only 0.0005. The slope shows that 1 is a good
  /// step.
  @Test func whereValuesAreTooRoughSlopesDecide() {
    func search(_ resolution: Double, grows: Double) -> Double? {
      LineSearch(resolution: resolution).search(value: 1e9, slope: -1e-3, first: 1) { step in
        (1e9 + grows, 1e-3 * (step - 1))
      }?.step
    }
    #expect(search(1e-9, grows: 0.5) == 1)
    #expect(search(1e-9, grows: 2) == nil)
    #expect(search(1e-12, grows: 0.5) == nil)
  }

  /// For a function without a minimum the search returns the longest step that it tried.
  @Test func anEndlessSlopeEnds() throws {
    let found = LineSearch(limit: 10).search(value: 0, slope: -1, first: 1) { (-$0, -1) }
    #expect(try #require(found).step > 100)
  }
}
