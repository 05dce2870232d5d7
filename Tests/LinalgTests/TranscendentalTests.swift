import Linalg
import Testing

#if canImport(Glibc)
  import Glibc
#endif

/// These tests compare the Float functions with Double's at every 97th bit pattern of each range.
@Suite struct TranscendentalTests {
  struct Case: Sendable, CustomStringConvertible {
    let name: String
    let range: ClosedRange<Float>
    /// The largest relative error allowed, in units of 2⁻²⁴; it is up to a tenth above what was measured.
    let limit: Double
    let float: @Sendable (Float) -> Float
    let double: @Sendable (Double) -> Double
    var description: String { "\(name) on \(range)" }
  }

  static let cases = [
    Case(name: "exp", range: -87...88.7, limit: 1.5, float: { Float.exp($0) }, double: { Glibc.exp($0) }),
    Case(name: "log", range: 1e-37...3e38, limit: 1.5, float: { Float.log($0) }, double: { Glibc.log($0) }),
    Case(name: "log1p", range: -0.999...1e30, limit: 2.5, float: { Float.log1p($0) }, double: { Glibc.log1p($0) }),
    Case(name: "tanh", range: -20...20, limit: 2.75, float: { Float.tanh($0) }, double: { Glibc.tanh($0) }),
    Case(name: "sigmoid", range: -87...88, limit: 3.75, float: { Float.sigmoid($0) }, double: { Double.sigmoid($0) }),
    Case(
      name: "softplus", range: -87...1e30, limit: 4.0, float: { Float.softplus($0) }, double: { Double.softplus($0) }),
  ]

  @Test(arguments: cases.indices)
  func relativeErrorIsAsDocumented(index: Int) {
    let function = Self.cases[index]
    var worst = (error: 0.0, at: Float(0))
    var bits: UInt32 = 0
    while true {
      let x = Float(bitPattern: bits)
      if function.range.contains(x) {
        let wanted = function.double(Double(x))
        let error = abs(Double(function.float(x)) - wanted) / max(abs(wanted), Double(Float.leastNormalMagnitude))
        if !(error <= worst.error) { worst = (error, x) }
      }
      let (next, overflow) = bits.addingReportingOverflow(97)
      if overflow { break }
      bits = next
    }
    let units = worst.error * 0x1p24
    print("\(function): \(units) · 2⁻²⁴ at \(worst.at)")
    #expect(units <= function.limit, "\(function): \(units) · 2⁻²⁴ at \(worst.at)")
  }

  @Test func edgesOfExp() {
    #expect(Float.exp(0) == 1)
    #expect(Float.exp(.infinity) == .infinity)
    #expect(Float.exp(-.infinity) == 0)
    #expect(Float.exp(88.8) == .infinity)
    #expect(Float.exp(200) == .infinity)
    #expect(Float.exp(-104.1) == 0)
    #expect(Float.exp(.nan).isNaN)
  }

  @Test func edgesOfLog() {
    #expect(Float.log(1) == 0)
    #expect(Float.log(0) == -.infinity)
    #expect(Float.log(-0.0) == -.infinity)
    #expect(Float.log(.infinity) == .infinity)
    #expect(Float.log(-1).isNaN)
    #expect(Float.log(.nan).isNaN)
    #expect(abs(Float.log(Float(bitPattern: 714)) - -96.70804694) < 1e-4)
    #expect(Float.log1p(-1) == -.infinity)
    #expect(Float.log1p(-2).isNaN)
    #expect(Float.log1p(.infinity) == .infinity)
    #expect(Float.log1p(1e-20) == 1e-20)
    #expect(Float.log1p(-0.0).sign == .minus)
  }

  @Test func edgesOfTheOthers() {
    #expect(Float.tanh(.infinity) == 1 && Float.tanh(-.infinity) == -1)
    #expect(Float.tanh(1e-30) == 1e-30)
    #expect(Float.tanh(.nan).isNaN)
    #expect(Float.sigmoid(0) == 0.5)
    #expect(Float.sigmoid(.infinity) == 1 && Float.sigmoid(-.infinity) == 0)
    #expect(Float.sigmoid(.nan).isNaN)
    #expect(Float.softplus(.infinity) == .infinity && Float.softplus(-.infinity) == 0)
    #expect(Float.softplus(1000) == 1000)
    #expect(Float.softplus(.nan).isNaN)
  }
}
