// This file computes exp, log and what follows from them in Float, by polynomials without branches, eight at a time.
//
// libm's functions are called one number at a time (expf takes 4 ns, tanhf 21 ns); these take about 0.6 ns a number.
// Only +, −, ·, / and bit operations are used, and no fused multiply-add, so every x86-64 gives the same bits.
// The maximum errors, measured against Double over the ranges that `TranscendentalTests` names, are in units of
// relative error 2⁻²⁴ = 6.0e-8: exp 1.4, log 1.4, log1p 2.3, tanh 2.5, sigmoid 3.5, softplus 3.7.
// Source of the polynomials: S. L. Moshier, Cephes Mathematical Library (expf, logf, tanhf); ln(1 + u) is the series of
// artanh.

#if canImport(Glibc)
  import Glibc
#endif

extension FloatVector {
  /// eˣ = 2ⁿ·e^r with n = round(x / ln 2), |r| ≤ ½ ln 2. The result overflows to +∞ above 88.72, is subnormal below
  /// −87.33 and is 0 below −104.
  @inlinable @inline(__always)
  public static func exp(_ x: Self) -> Self {
    // A NaN fails both comparisons, so it stays and comes out as NaN.
    let low = x.replacing(with: -104, where: x < -104)
    let clamped = low.replacing(with: 89, where: low > 89)
    // Adding 1.5·2²³ leaves the rounded number in the low bits, since the instruction that rounds does not vectorise.
    let magic: Self = 12_582_912
    let shifted = clamped * 1.442695041 + magic
    let n = shifted - magic
    let r = (clamped - n * 0.693359375) - n * -2.12194440e-4
    let mantissa = expOfRemainder(r)
    // 2ⁿ is made of two factors, since n reaches 128 and −150, which one exponent does not hold.
    let whole = shifted.bits &- magic.bits
    let half = whole &>> 1
    let bias = SIMD8<Int32>(repeating: 127)
    let first = Self(bits: (half &+ bias) &<< 23)
    let second = Self(bits: (whole &- half &+ bias) &<< 23)
    return mantissa * first * second
  }

  /// eˣ for x ≤ 0, down to 2⁻¹²⁶ = 1.2e-38; below that the result is 0. The bounded functions need no more, and it
  /// takes four fifths of the time of `exp`.
  @inlinable @inline(__always)
  public static func expOfNegative(_ x: Self) -> Self {
    let magic: Self = 12_582_912
    let shifted = x * 1.442695041 + magic
    let n = shifted - magic
    let r = (x - n * 0.693359375) - n * -2.12194440e-4
    let power = Self(bits: (shifted.bits &- magic.bits &+ SIMD8(repeating: 127)) &<< 23)
    return (expOfRemainder(r) * power).replacing(with: 0, where: x < -87.3)
  }

  /// e^r for |r| ≤ ½ ln 2.
  @inlinable @inline(__always)
  static func expOfRemainder(_ r: Self) -> Self {
    var p: Self = 1.9875691500e-4
    p = p * r + 1.3981999507e-3
    p = p * r + 8.3334519073e-3
    p = p * r + 4.1665795894e-2
    p = p * r + 1.6666665459e-1
    p = p * r + 5.0000001201e-1
    return p * r * r + r + 1
  }

  /// ln x = e·ln 2 + ln m, m in [√½, √2). It is −∞ at 0 and NaN below 0; subnormal numbers are scaled up first.
  @inlinable @inline(__always)
  public static func log(_ x: Self) -> Self {
    let isTiny = x < Self(Float.leastNormalMagnitude)
    let scaled = x.replacing(with: x * 8_388_608, where: isTiny)
    // Subtracting the bits of √½ makes the exponent field count from there; adding its mantissa back gives m.
    let halfRoot = SIMD8<Int32>(repeating: 0x3F35_04F3)
    let shifted = scaled.bits &- halfRoot
    // The exponent becomes a Float by way of the same magic number as in `exp`.
    let magic: Self = 12_582_912
    let whole = Self(bits: (shifted &>> 23) &+ magic.bits) - magic
    let exponent = whole.replacing(with: whole - 23, where: isTiny)
    let m = Self(bits: (shifted & SIMD8(repeating: 0x007F_FFFF)) &+ halfRoot) - 1
    let m2 = m * m
    var p: Self = 7.0376836292e-2
    p = p * m - 1.1514610310e-1
    p = p * m + 1.1676998740e-1
    p = p * m - 1.2420140846e-1
    p = p * m + 1.4249322787e-1
    p = p * m - 1.6668057665e-1
    p = p * m + 2.0000714765e-1
    p = p * m - 2.4999993993e-1
    p = p * m + 3.3333331174e-1
    let tail = p * m * m2 + exponent * -2.12194440e-4 - m2 * 0.5
    let finite = (m + tail) + exponent * 0.693359375
    let infinity = Self(.infinity)
    let isOrdinary = (x > 0) .& (x < infinity)
    // For other x, +∞ stays, 0 gives −∞ = 0 − 1/0², and a negative number or NaN gives NaN.
    let edge = (x + (-1 / (x * x))).replacing(with: infinity, where: x > 0)
      .replacing(with: Self(.nan), where: x < 0)
    return edge.replacing(with: finite, where: isOrdinary)
  }

  /// ln(1 + x) = ln w + (x − (w − 1)) / w with w = 1 + x rounded; the second term gives back what rounding took. The
  /// result is NaN below −1.
  @inlinable @inline(__always)
  public static func log1p(_ x: Self) -> Self {
    let w = 1 + x
    let logarithm = log(w)
    let correction = (x - (w - 1)) / w
    let isOrdinary = (x > -1) .& (x < Self(.infinity))
    let ordinary = logarithm.replacing(with: logarithm + correction, where: isOrdinary)
    // Below the rounding of 1, the first term of the series is exact and keeps the sign of zero.
    return ordinary.replacing(with: x, where: x.magnitude < 1e-8)
  }

  /// ln(1 + u) = 2 artanh(s) for u in [0, 1], with s = u / (2 + u) ≤ 1/3.
  @inlinable @inline(__always)
  static func log1pOfFraction(_ u: Self) -> Self {
    let s = u / (2 + u)
    let s2 = s * s
    var p = Self(1 / 15)
    p = p * s2 + Self(1 / 13)
    p = p * s2 + Self(1 / 11)
    p = p * s2 + Self(1 / 9)
    p = p * s2 + Self(1 / 7)
    p = p * s2 + Self(1 / 5)
    p = p * s2 + Self(1 / 3)
    return 2 * (s + s * s2 * p)
  }

  /// tanh x = ±(1 − e) / (1 + e) with e = e^(−2|x|); below |x| = 0.625, where 1 − e would cancel, it is a polynomial.
  @inlinable @inline(__always)
  public static func tanh(_ x: Self) -> Self {
    let x2 = x * x
    var p: Self = -5.70498872745e-3
    p = p * x2 + 2.06390887954e-2
    p = p * x2 - 5.37397155531e-2
    p = p * x2 + 1.33314422036e-1
    p = p * x2 - 3.33332819422e-1
    let small = p * x2 * x + x
    let magnitude = x.magnitude
    let e = expOfNegative(-2 * magnitude)
    let large = (1 - e) / (1 + e)
    let signed = large.replacing(with: -large, where: x < 0)
    return signed.replacing(with: small, where: magnitude < 0.625)
  }

  /// σ(x) = 1 / (1 + e) or, for x < 0, e / (1 + e) with e = e^(−|x|), so that neither side overflows.
  @inlinable @inline(__always)
  public static func sigmoid(_ x: Self) -> Self {
    let e = expOfNegative(-x.magnitude)
    let s = 1 / (1 + e)
    return s.replacing(with: e * s, where: x < 0)
  }

  /// ln(1 + eˣ) = max(x, 0) + ln(1 + e^(−|x|)).
  @inlinable @inline(__always)
  public static func softplus(_ x: Self) -> Self {
    x.replacing(with: 0, where: x < 0) + log1pOfFraction(expOfNegative(-x.magnitude))
  }
}

/// A single Float is computed as the first of eight equal ones.
extension Float: BLASScalar {
  public typealias Vector = FloatVector
  public static func exp(_ x: Float) -> Float { Vector.exp(Vector(x))[0] }
  public static func log(_ x: Float) -> Float { Vector.log(Vector(x))[0] }
  public static func log1p(_ x: Float) -> Float { Vector.log1p(Vector(x))[0] }
  public static func tanh(_ x: Float) -> Float { Vector.tanh(Vector(x))[0] }
  public static func sigmoid(_ x: Float) -> Float { Vector.sigmoid(Vector(x))[0] }
  public static func softplus(_ x: Float) -> Float { Vector.softplus(Vector(x))[0] }
}

/// Double serves for checking: its functions are libm's, in the same stable forms.
extension Double: BLASScalar {
  public typealias Vector = DoubleVector
  public static func exp(_ x: Double) -> Double { Glibc.exp(x) }
  public static func log(_ x: Double) -> Double { Glibc.log(x) }
  public static func log1p(_ x: Double) -> Double { Glibc.log1p(x) }
  public static func tanh(_ x: Double) -> Double { Glibc.tanh(x) }
  public static func sigmoid(_ x: Double) -> Double {
    let e = exp(-Swift.abs(x))
    return x < 0 ? e / (1 + e) : 1 / (1 + e)
  }
  public static func softplus(_ x: Double) -> Double { Swift.max(x, 0) + log1p(exp(-Swift.abs(x))) }
}
