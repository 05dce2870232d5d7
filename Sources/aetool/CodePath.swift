#if canImport(Glibc)
  import Glibc
#endif

/// A way from a code a (t = 0) to a code b (t = 1).
package enum CodePath: String, CaseIterable, Sendable {
  /// (1 − t) a + t b.
  case linear
  /// sin((1 − t)Ω)/sin Ω a + sin(tΩ)/sin Ω b, where Ω is the angle between a and b (K. Shoemake, "Animating rotation
  /// with quaternion curves", 1985). The path is an arc where |a| = |b|, and the linear path for parallel codes.
  case spherical

  /// Returns the codes at `steps` values of t from 0 to 1, or nil where the path is not defined: a spherical path
  /// between opposite codes, or with one code 0.
  package func codes(from a: [Float], to b: [Float], steps: Int) -> [[Float]]? {
    precondition(a.count == b.count && steps >= 2, "CodePath: codes of \(a.count) and \(b.count), \(steps) steps")
    guard let weights = weights(a.map(Double.init), b.map(Double.init)) else { return nil }
    return (0..<steps).map { step in
      let (p, q) = weights(Double(step) / Double(steps - 1))
      return zip(a, b).map { Float(p * Double($0) + q * Double($1)) }
    }
  }

  /// Returns the function that gives the weights of a and b at t, or nil where the path is not defined.
  private func weights(_ a: [Double], _ b: [Double]) -> ((Double) -> (Double, Double))? {
    let linear = { (t: Double) in (1 - t, t) }
    if self == .linear { return linear }
    func norm(_ x: some Sequence<Double>) -> Double { x.reduce(0) { $0 + $1 * $1 }.squareRoot() }
    let (lengthA, lengthB) = (norm(a), norm(b))
    if lengthA == 0 || lengthB == 0 { return nil }
    let units = zip(a, b).map { ($0 / lengthA, $1 / lengthB) }
    let (apart, together) = (norm(units.map { $0 - $1 }), norm(units.map { $0 + $1 }))
    // Kahan's formula is accurate for nearly parallel and opposite codes, where the product's arc cosine is not.
    let angle = 2 * atan2(apart, together)
    if together < 1e-6 { return nil }
    if apart < 1e-6 { return linear }
    return { t in (sin((1 - t) * angle) / sin(angle), sin(t * angle) / sin(angle)) }
  }
}
