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
