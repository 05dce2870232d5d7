import Foundation
import Testing
import aetool

@Suite struct CodePathTests {
  private let a: [Float] = [3, 0, 4]
  private let b: [Float] = [0, 5, 0]

  private func norm(_ x: [Float]) -> Double { x.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot() }

  @Test(arguments: CodePath.allCases)
  func pathsBeginAndEndAtTheirCodes(path: CodePath) throws {
    let codes = try #require(path.codes(from: a, to: b, steps: 7))
    #expect(codes.count == 7 && codes.first == a && codes.last == b)
  }

  /// Between codes of one length, all codes of the path have that length, and every step turns by the same angle.
  @Test func theSphericalPathIsAnArc() throws {
    let codes = try #require(CodePath.spherical.codes(from: a, to: b, steps: 10))
    for (code, next) in zip(codes, codes.dropFirst()) {
      #expect(abs(norm(code) - 5) < 1e-5)
      let cosine = zip(code, next).reduce(0.0) { $0 + Double($1.0 * $1.1) } / 25
      #expect(abs(acos(cosine) - .pi / 2 / 9) < 1e-5)
    }
    let straight = try #require(CodePath.linear.codes(from: a, to: b, steps: 3))
    #expect(abs(norm(straight[1]) - 5 / 2.0.squareRoot()) < 1e-5)
  }

  @Test func parallelCodesAreJoinedByALine() throws {
    let twice = a.map { 2 * $0 }
    let codes = try #require(CodePath.spherical.codes(from: a, to: twice, steps: 3))
    #expect(codes == [a, a.map { 1.5 * $0 }, twice])
    #expect(CodePath.spherical.codes(from: a, to: a, steps: 2) == [a, a])
  }

  @Test func oppositeAndZeroCodesHaveNoArc() {
    #expect(CodePath.spherical.codes(from: a, to: a.map { -2 * $0 }, steps: 3) == nil)
    #expect(CodePath.spherical.codes(from: a, to: [0, 0, 0], steps: 3) == nil)
    #expect(CodePath.linear.codes(from: a, to: [0, 0, 0], steps: 3) != nil)
  }
}
