import CChecksumShim

/// Returns the CRC-32C (Castagnoli; RFC 3720, appendix B.4) of `bytes`, which is 0xE3069283 for "123456789".
public func crc32c(_ bytes: [UInt8]) -> UInt32 {
  var crc = UInt32.max
  // The library takes a length of 32 bits, so longer input goes in parts.
  let most = 1 << 30
  for start in stride(from: 0, to: bytes.count, by: most) {
    unsafe bytes[start..<min(start + most, bytes.count)].withUnsafeBufferPointer { part in
      // The library only reads through this pointer, although its parameter is mutable.
      crc = unsafe crc32_iscsi(UnsafeMutablePointer(mutating: part.baseAddress!), Int32(part.count), crc)
    }
  }
  return ~crc
}

/// Returns the SHA-256 (FIPS 180-4) of `bytes`, which has 32 bytes.
public func sha256(_ bytes: [UInt8]) -> [UInt8] {
  var digest = [UInt8](repeating: 0, count: 32)
  _ = unsafe SHA256(bytes, bytes.count, &digest)
  return digest
}

extension Sequence<UInt8> {
  /// The bytes as hexadecimal digits.
  public var hexadecimal: String {
    let digits = Array("0123456789abcdef")
    return String(flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
  }
}
