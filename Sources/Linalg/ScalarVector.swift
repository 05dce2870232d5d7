import CBLASShim

/// A few scalars that are computed with at once. The loops over a matrix's entries are written in such vectors.
///
/// The compiler may or may not vectorise a loop over single numbers: with more than three arrays, or a square root, it
/// does not, which costs a factor of ten. Formulas read as they do for one number; comparisons give a mask for
/// `replacing(with:where:)`, so there are no branches. NaN fails every comparison.
public protocol ScalarVector: Sendable, ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  associatedtype Scalar: BLASScalar
  associatedtype Mask
  /// The number of scalars in a vector.
  static var lanes: Int { get }

  /// Puts the same number into every lane.
  init(_ value: Scalar)
  /// Loads the `lanes` numbers from `pointer` on.
  init(loading pointer: UnsafePointer<Scalar>)
  /// Loads the `lanes` bytes from `pointer` on, as numbers from 0 to 255.
  init(loadingBytes pointer: UnsafePointer<UInt8>)
  func store(to pointer: UnsafeMutablePointer<Scalar>)
  subscript(lane: Int) -> Scalar { get set }

  static prefix func - (x: Self) -> Self
  static func + (a: Self, b: Self) -> Self
  static func - (a: Self, b: Self) -> Self
  static func * (a: Self, b: Self) -> Self
  static func / (a: Self, b: Self) -> Self
  static func < (a: Self, b: Self) -> Mask
  static func > (a: Self, b: Self) -> Mask
  func replacing(with other: Self, where mask: Mask) -> Self
  var magnitude: Self { get }
  func squareRoot() -> Self
  /// a·b + c. Whether the product is rounded first depends on the processor that the program is built for.
  static func multiplyAdd(_ a: Self, _ b: Self, _ c: Self) -> Self
  /// The sum of the lanes; the upper half is added to the lower one until one number is left.
  var total: Scalar { get }

  /// eˣ.
  static func exp(_ x: Self) -> Self
  /// eˣ for x ≤ 0. In Float the result is 0 where it would leave the normal numbers.
  static func expOfNegative(_ x: Self) -> Self
  /// ln x, which is −∞ at 0 and NaN below 0.
  static func log(_ x: Self) -> Self
  /// ln(1 + x); the result is exact to rounding for small x.
  static func log1p(_ x: Self) -> Self
  /// tanh x.
  static func tanh(_ x: Self) -> Self
  /// σ(x) = 1 / (1 + e⁻ˣ).
  static func sigmoid(_ x: Self) -> Self
  /// ln(1 + eˣ); the result is finite for every finite x.
  static func softplus(_ x: Self) -> Self
}

extension ScalarVector {
  @inlinable @inline(__always)
  public static func += (a: inout Self, b: Self) { a = a + b }
  @inlinable @inline(__always)
  public static func -= (a: inout Self, b: Self) { a = a - b }
  @inlinable @inline(__always)
  public static func *= (a: inout Self, b: Self) { a = a * b }

  /// Loads the first `count` < `lanes` numbers from `pointer` on and puts `filler` into the other lanes.
  @inlinable @inline(__always)
  init(loading pointer: UnsafePointer<Scalar>, count: Int, filler: Self = 0) {
    self = filler
    for lane in 0..<count { self[lane] = pointer[lane] }
  }

  @inlinable @inline(__always)
  func store(to pointer: UnsafeMutablePointer<Scalar>, count: Int) {
    for lane in 0..<count { pointer[lane] = self[lane] }
  }

  /// The sum of the lanes in Double.
  @inlinable @inline(__always)
  var sum: Double {
    var total = 0.0
    for lane in 0..<Self.lanes { total += Double(self[lane]) }
    return total
  }
}

/// Eight Floats, which fill one AVX register or two of SSE.
public struct FloatVector: ScalarVector {
  @usableFromInline var v: SIMD8<Float>

  @inlinable @inline(__always)
  init(_ v: SIMD8<Float>) { self.v = v }

  @inlinable @inline(__always)
  public static var lanes: Int { 8 }
  @inlinable @inline(__always)
  public init(_ value: Float) { v = SIMD8(repeating: value) }
  @inlinable @inline(__always)
  public init(floatLiteral value: Double) { v = SIMD8(repeating: Float(value)) }
  @inlinable @inline(__always)
  public init(integerLiteral value: Int) { v = SIMD8(repeating: Float(value)) }
  @inlinable @inline(__always)
  public init(loading pointer: UnsafePointer<Float>) {
    v = UnsafeRawPointer(pointer).loadUnaligned(as: SIMD8<Float>.self)
  }
  @inlinable @inline(__always)
  public init(loadingBytes pointer: UnsafePointer<UInt8>) {
    v = aetool_numbers_f8(UnsafeRawPointer(pointer).loadUnaligned(as: SIMD8<UInt8>.self))
  }
  @inlinable @inline(__always)
  public func store(to pointer: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(pointer).storeBytes(of: v, as: SIMD8<Float>.self)
  }
  @inlinable @inline(__always)
  public subscript(lane: Int) -> Float {
    get { v[lane] }
    set { v[lane] = newValue }
  }

  @inlinable @inline(__always)
  public static prefix func - (x: Self) -> Self { Self(-x.v) }
  @inlinable @inline(__always)
  public static func + (a: Self, b: Self) -> Self { Self(a.v + b.v) }
  @inlinable @inline(__always)
  public static func - (a: Self, b: Self) -> Self { Self(a.v - b.v) }
  @inlinable @inline(__always)
  public static func * (a: Self, b: Self) -> Self { Self(a.v * b.v) }
  @inlinable @inline(__always)
  public static func / (a: Self, b: Self) -> Self { Self(a.v / b.v) }
  @inlinable @inline(__always)
  public static func < (a: Self, b: Self) -> SIMDMask<SIMD8<Int32>> { a.v .< b.v }
  @inlinable @inline(__always)
  public static func > (a: Self, b: Self) -> SIMDMask<SIMD8<Int32>> { a.v .> b.v }
  @inlinable @inline(__always)
  public func replacing(with other: Self, where mask: SIMDMask<SIMD8<Int32>>) -> Self {
    Self(v.replacing(with: other.v, where: mask))
  }
  @inlinable @inline(__always)
  public var magnitude: Self { Self(bits: bits & SIMD8(repeating: 0x7FFF_FFFF)) }
  @inlinable @inline(__always)
  public func squareRoot() -> Self { Self(aetool_square_roots_f8(v)) }
  @inlinable @inline(__always)
  public static func multiplyAdd(_ a: Self, _ b: Self, _ c: Self) -> Self {
    Self(aetool_multiply_add_f8(a.v, b.v, c.v))
  }

  @inlinable @inline(__always)
  public var total: Float {
    let four = v.lowHalf + v.highHalf
    let two = four.lowHalf + four.highHalf
    return two[0] + two[1]
  }

  /// The bit patterns of the numbers.
  @inlinable @inline(__always)
  var bits: SIMD8<Int32> { unsafeBitCast(v, to: SIMD8<Int32>.self) }
  @inlinable @inline(__always)
  init(bits: SIMD8<Int32>) { v = unsafeBitCast(bits, to: SIMD8<Float>.self) }
}

/// Four Doubles. Their transcendental functions call libm's, lane by lane.
public struct DoubleVector: ScalarVector {
  @usableFromInline var v: SIMD4<Double>

  @inlinable @inline(__always)
  init(_ v: SIMD4<Double>) { self.v = v }

  @inlinable @inline(__always)
  public static var lanes: Int { 4 }
  @inlinable @inline(__always)
  public init(_ value: Double) { v = SIMD4(repeating: value) }
  @inlinable @inline(__always)
  public init(floatLiteral value: Double) { v = SIMD4(repeating: value) }
  @inlinable @inline(__always)
  public init(integerLiteral value: Int) { v = SIMD4(repeating: Double(value)) }
  @inlinable @inline(__always)
  public init(loading pointer: UnsafePointer<Double>) {
    v = UnsafeRawPointer(pointer).loadUnaligned(as: SIMD4<Double>.self)
  }
  @inlinable @inline(__always)
  public init(loadingBytes pointer: UnsafePointer<UInt8>) {
    v = SIMD4(Double(pointer[0]), Double(pointer[1]), Double(pointer[2]), Double(pointer[3]))
  }
  @inlinable @inline(__always)
  public func store(to pointer: UnsafeMutablePointer<Double>) {
    UnsafeMutableRawPointer(pointer).storeBytes(of: v, as: SIMD4<Double>.self)
  }
  @inlinable @inline(__always)
  public subscript(lane: Int) -> Double {
    get { v[lane] }
    set { v[lane] = newValue }
  }

  @inlinable @inline(__always)
  public static prefix func - (x: Self) -> Self { Self(-x.v) }
  @inlinable @inline(__always)
  public static func + (a: Self, b: Self) -> Self { Self(a.v + b.v) }
  @inlinable @inline(__always)
  public static func - (a: Self, b: Self) -> Self { Self(a.v - b.v) }
  @inlinable @inline(__always)
  public static func * (a: Self, b: Self) -> Self { Self(a.v * b.v) }
  @inlinable @inline(__always)
  public static func / (a: Self, b: Self) -> Self { Self(a.v / b.v) }
  @inlinable @inline(__always)
  public static func < (a: Self, b: Self) -> SIMDMask<SIMD4<Int64>> { a.v .< b.v }
  @inlinable @inline(__always)
  public static func > (a: Self, b: Self) -> SIMDMask<SIMD4<Int64>> { a.v .> b.v }
  @inlinable @inline(__always)
  public func replacing(with other: Self, where mask: SIMDMask<SIMD4<Int64>>) -> Self {
    Self(v.replacing(with: other.v, where: mask))
  }
  @inlinable @inline(__always)
  public var magnitude: Self { replacing(with: -self, where: self < 0) }
  @inlinable @inline(__always)
  public func squareRoot() -> Self { Self(aetool_square_roots_d4(v)) }
  @inlinable @inline(__always)
  public static func multiplyAdd(_ a: Self, _ b: Self, _ c: Self) -> Self {
    Self(aetool_multiply_add_d4(a.v, b.v, c.v))
  }
  @inlinable @inline(__always)
  public var total: Double {
    let two = v.lowHalf + v.highHalf
    return two[0] + two[1]
  }

  public static func exp(_ x: Self) -> Self { x.each(Double.exp) }
  public static func expOfNegative(_ x: Self) -> Self { exp(x) }
  public static func log(_ x: Self) -> Self { x.each(Double.log) }
  public static func log1p(_ x: Self) -> Self { x.each(Double.log1p) }
  public static func tanh(_ x: Self) -> Self { x.each(Double.tanh) }
  public static func sigmoid(_ x: Self) -> Self { x.each(Double.sigmoid) }
  public static func softplus(_ x: Self) -> Self { x.each(Double.softplus) }

  private func each(_ f: (Double) -> Double) -> Self { Self(SIMD4(f(v[0]), f(v[1]), f(v[2]), f(v[3]))) }
}
