/// Philox4x32-10, a counter-based generator: the same (counter, key) gives the same 128 bits anywhere, in any order.
///
/// Source: J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
/// With ten rounds the generator passes BigCrush. The known answers of its reference implementation are in the tests.
public enum Philox {
  public typealias Block = (UInt32, UInt32, UInt32, UInt32)

  /// Applies ten rounds to `counter` under `key`.
  @inlinable
  public static func block(counter: Block, key: (UInt32, UInt32)) -> Block {
    var (c0, c1, c2, c3) = counter
    var (k0, k1) = key
    for _ in 0..<10 {
      let first = 0xD251_1F53 as UInt64 &* UInt64(c0)
      let second = 0xCD9E_8D57 as UInt64 &* UInt64(c2)
      (c0, c1, c2, c3) = (
        UInt32(truncatingIfNeeded: second >> 32) ^ c1 ^ k0, UInt32(truncatingIfNeeded: second),
        UInt32(truncatingIfNeeded: first >> 32) ^ c3 ^ k1, UInt32(truncatingIfNeeded: first)
      )
      k0 &+= 0x9E37_79B9
      k1 &+= 0xBB67_AE85
    }
    return (c0, c1, c2, c3)
  }
}
