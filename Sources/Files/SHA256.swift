import CChecksumShim

/// Returns the SHA-256 (FIPS 180-4) of `bytes`, which has 32 bytes.
public func sha256(_ bytes: [UInt8]) -> [UInt8] {
  var hash = SHA256Stream()
  hash.add(bytes)
  return hash.value()
}

/// The SHA-256 (FIPS 180-4) of bytes that come piece by piece, from libcrypto.
@safe
package struct SHA256Stream: ~Copyable {
  private let context: OpaquePointer

  package init() {
    unsafe context = EVP_MD_CTX_new()
    let status = unsafe EVP_DigestInit_ex(context, EVP_sha256(), nil)
    precondition(status == 1, "EVP_DigestInit_ex: libcrypto has no SHA-256")
  }

  deinit { unsafe EVP_MD_CTX_free(context) }

  package mutating func add(_ bytes: [UInt8]) { unsafe bytes.withUnsafeBytes { unsafe add($0) } }

  /// Adds the bytes of the numbers, little-endian.
  package mutating func add(_ numbers: ArraySlice<Float>) {
    #if _endian(little)
      unsafe numbers.withUnsafeBytes { unsafe add($0) }
    #else
      var bytes: [UInt8] = []
      appendLittleEndian(Array(numbers), to: &bytes)
      add(bytes)
    #endif
  }

  /// Adds a number as eight bytes, little-endian.
  package mutating func add(_ number: Int) { unsafe withUnsafeBytes(of: Int64(number).littleEndian) { unsafe add($0) } }

  /// Adds the length of the text and its bytes, so that two texts never look like one.
  package mutating func add(_ text: String) {
    add(text.utf8.count)
    var text = text
    text.withUTF8 { unsafe add(UnsafeRawBufferPointer($0)) }
  }

  private mutating func add(_ bytes: UnsafeRawBufferPointer) {
    unsafe EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
  }

  /// Returns the hash of what was added, 32 bytes. It is asked for once.
  package mutating func value() -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: 32)
    unsafe EVP_DigestFinal_ex(context, &digest, nil)
    return digest
  }
}

extension Sequence<UInt8> {
  /// The bytes as hexadecimal digits.
  public var hexadecimal: String {
    let digits = Array("0123456789abcdef")
    return String(flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
  }
}
