import Linalg

/// Noise on a network's input, where the clean input stays the target (Vincent et al. 2008), or on its code.
///
/// It is written as on the command line: `gaussian:0.3`, `masking:0.5`, `salt-and-pepper:0.2`, `uniform:0.1`.
public enum Corruption: Sendable, Equatable, TextCoded {
  /// x + σε, with ε standard normal.
  case gaussian(deviation: Double)
  /// Each number becomes 0 with probability p.
  case masking(share: Double)
  /// Each number becomes 0 or 1, both equally likely, with probability p; this is for data in [0, 1].
  case saltAndPepper(share: Double)
  /// x + wu, with u uniform in (−½, ½). As noise this does what rounding to multiples of w does (Ballé, Laparra and
  /// Simoncelli 2017).
  case uniform(width: Double)

  /// The text forms of all kinds, for help.
  public static let kinds = "gaussian:σ, masking:p, salt-and-pepper:p or uniform:w"

  /// Creates the corruption that `text` names; nil where it names none or its number is out of range: 0 ≤ σ, w ≤ 10⁹, 0
  /// ≤ p ≤ 1.
  public init?(_ text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, let amount = Double(parts[1]), 0...1e9 ~= amount else { return nil }
    switch parts[0] {
    case "gaussian": self = .gaussian(deviation: amount)
    case "uniform": self = .uniform(width: amount)
    case "masking" where amount <= 1: self = .masking(share: amount)
    case "salt-and-pepper" where amount <= 1: self = .saltAndPepper(share: amount)
    default: return nil
    }
  }

  public var description: String {
    switch self {
    case .gaussian(let deviation): "gaussian:\(deviation)"
    case .masking(let share): "masking:\(share)"
    case .saltAndPepper(let share): "salt-and-pepper:\(share)"
    case .uniform(let width): "uniform:\(width)"
    }
  }

  /// Draws a number for each number of x (B × n), which `apply` then uses.
  ///
  /// Gaussian noise draws standard normal numbers, and uniform noise draws u. For masking, 1 keeps and 0 masks. For
  /// salt and pepper, −1 keeps, and 0 and 1 are the new values.
  @specialized(where S == Float)
  @specialized(where S == Double)
  func draw<S: BLASScalar>(into noise: MutableMatrixView<S>, using random: inout RandomStream) {
    switch self {
    case .gaussian: random.fillNormal(noise)
    case .uniform: random.fillUniform(noise, -0.5, 0.5)
    case .masking(let share):
      random.fillUniform(noise, 0, 1)
      let limit = S.Vector(S(share))
      transform(noise) { u in S.Vector(1).replacing(with: 0, where: u < limit) }
    case .saltAndPepper(let share):
      random.fillUniform(noise, 0, 1)
      let (limit, half) = (S.Vector(S(share)), S.Vector(S(share / 2)))
      transform(noise) { u in S.Vector(-1).replacing(with: 0, where: u < limit).replacing(with: 1, where: u < half) }
    }
  }

  /// Computes y ← the corrupted x from the numbers that `draw` has drawn.
  @specialized(where S == Float)
  @specialized(where S == Double)
  func apply<S: BLASScalar>(_ x: MatrixView<S>, noise: MatrixView<S>, into y: MutableMatrixView<S>) {
    switch self {
    case .gaussian(let amount), .uniform(let amount):
      let amount = S.Vector(S(amount))
      zip(x, noise, into: y) { x, e in x + amount * e }
    case .masking: zip(x, noise, into: y) { x, keep in x * keep }
    case .saltAndPepper: zip(x, noise, into: y) { x, value in value.replacing(with: x, where: value < 0) }
    }
  }
}
