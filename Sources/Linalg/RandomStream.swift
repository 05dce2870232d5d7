/// A stream of random numbers that is named by (seed, purpose, epoch): what other streams drew before never changes it.
///
/// The counter of Philox has two words of position, one of purpose and one of epoch; the seed is the key. Streams with
/// different names never overlap, and one stream gives 2⁶⁶ words before it repeats.
public struct RandomStream: Sendable, RandomNumberGenerator {
  /// What the numbers are for. Every use has its own stream.
  public enum Purpose: UInt32, Sendable {
    case start = 1, shuffle, split, noise, latent, digits, other, planar, binarisation, likelihood, targets, shapes
  }

  private let key: (UInt32, UInt32)
  private let name: (UInt32, UInt32)
  private var position: UInt64
  private var block: Philox.Block = (0, 0, 0, 0)
  private var left = 0

  /// Begins the stream of `purpose` under `seed` in epoch `epoch`, at block `position` of four words.
  public init(seed: UInt64, purpose: Purpose, epoch: Int = 0, position: UInt64 = 0) {
    key = (UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
    name = (purpose.rawValue, UInt32(truncatingIfNeeded: epoch))
    self.position = position
  }

  /// Returns 32 random bits.
  public mutating func word() -> UInt32 {
    if left == 0 {
      block = Philox.block(
        counter: (UInt32(truncatingIfNeeded: position), UInt32(truncatingIfNeeded: position >> 32), name.0, name.1),
        key: key)
      position &+= 1
      left = 4
    }
    left -= 1
    switch left {
    case 3: return block.0
    case 2: return block.1
    case 1: return block.2
    default: return block.3
    }
  }

  public mutating func next() -> UInt64 {
    let low = UInt64(word())
    return low | UInt64(word()) << 32
  }

  /// Returns a number that is uniform in [0, 1) and a multiple of 2⁻²⁴, so that Float holds it exactly.
  public mutating func uniform() -> Double { Double(word() >> 8) * 0x1p-24 }

  /// Returns a number that is uniform in [low, high).
  public mutating func uniform(_ low: Double, _ high: Double) -> Double { low + (high - low) * uniform() }

  /// Returns an integer that is uniform in 0 ..< bound, without bias (Lemire 2019, "Fast random integer generation in
  /// an interval").
  public mutating func index(below bound: Int) -> Int {
    precondition(bound > 0 && bound <= UInt32.max, "RandomStream: an index below \(bound)")
    let range = UInt32(bound)
    var product = UInt64(word()) &* UInt64(range)
    if UInt32(truncatingIfNeeded: product) < range {
      let threshold = (0 &- range) % range
      while UInt32(truncatingIfNeeded: product) < threshold { product = UInt64(word()) &* UInt64(range) }
    }
    return Int(product >> 32)
  }

  /// Returns the numbers 0 ..< count in random order (Fisher and Yates).
  public mutating func permutation(_ count: Int) -> [Int32] {
    var order = (0..<Int32(count)).map { $0 }
    for i in stride(from: count - 1, to: 0, by: -1) { order.swapAt(i, index(below: i + 1)) }
    return order
  }

  /// Fills `x` with standard normal deviates, as `normalPair` draws them.
  @specialized(where S == Float)
  @specialized(where S == Double)
  public mutating func fillNormal<S: BLASScalar>(_ x: MutableMatrixView<S>) {
    for i in 0..<x.rows {
      let row = x.base + i * x.stride
      var j = 0
      while j < x.columns {
        let (first, second) = normalPair()
        row[j] = S(first)
        if j + 1 < x.columns { row[j + 1] = S(second) }
        j += 2
      }
    }
  }

  /// Fills `x` with uniform numbers in [low, high).
  @specialized(where S == Float)
  @specialized(where S == Double)
  public mutating func fillUniform<S: BLASScalar>(_ x: MutableMatrixView<S>, _ low: Double, _ high: Double) {
    for i in 0..<x.rows {
      let row = x.base + i * x.stride
      for j in 0..<x.columns { row[j] = S(uniform(low, high)) }
    }
  }

  /// x ← 1 with probability x, else 0, entry by entry.
  public mutating func binarise(_ x: MutableMatrixView<Float>) {
    for i in 0..<x.rows {
      let row = x.base + i * x.stride
      // A multiple of 2⁻²⁴ in [0, 1) is below x with probability x, and never where x is 0.
      for j in 0..<x.columns { row[j] = Float(word() >> 8) * 0x1p-24 < row[j] ? 1 : 0 }
    }
  }

  /// Returns two independent standard normal deviates by Box and Muller: r = √(−2 ln u₁), (r cos 2πu₂, r sin 2πu₂).
  ///
  /// They are computed in Double from 32-bit uniforms, of which the least is 2⁻³³, so the largest deviate is 6.76.
  public mutating func normalPair() -> (Double, Double) {
    let u1 = (Double(word()) + 0.5) * 0x1p-32
    let u2 = (Double(word()) + 0.5) * 0x1p-32
    let radius = (-2 * Double.log(u1)).squareRoot()
    let angle = 2 * Double.pi * u2
    return (radius * cosine(angle), radius * sine(angle))
  }
}
