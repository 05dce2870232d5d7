// Numbers as files hold them: little-endian, whatever the machine.

/// Appends the numbers' bytes, little-endian.
package func appendLittleEndian(_ numbers: [Float], to bytes: inout [UInt8]) {
  #if _endian(little)
    unsafe numbers.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
  #else
    for number in numbers {
      unsafe withUnsafeBytes(of: number.bitPattern.littleEndian) { unsafe bytes.append(contentsOf: $0) }
    }
  #endif
}

/// `count` little-endian numbers from byte `offset` on.
package func littleEndianFloats(_ bytes: [UInt8], from offset: Int, count: Int) -> [Float] {
  precondition(
    offset >= 0 && count >= 0 && offset + 4 * count <= bytes.count,
    "littleEndianFloats: \(count) numbers at \(offset) of \(bytes.count) bytes")
  return unsafe bytes.withUnsafeBytes { source in
    unsafe [Float](unsafeUninitializedCapacity: count) { numbers, initialized in
      for i in 0..<count {
        let bits = unsafe source.loadUnaligned(fromByteOffset: offset + 4 * i, as: UInt32.self)
        unsafe numbers.initializeElement(at: i, to: Float(bitPattern: UInt32(littleEndian: bits)))
      }
      initialized = count
    }
  }
}
