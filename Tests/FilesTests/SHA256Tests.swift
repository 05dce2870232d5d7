import Files
import Testing

@Suite struct SHA256Tests {
  /// The values are those of the examples of FIPS 180-4 (NIST, "SHA256.pdf" of the Secure Hash Standard's examples),
  /// and of no bytes at all.
  @Test func theStandardsExamplesComeOut() {
    #expect(
      sha256([]).hexadecimal == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    #expect(
      sha256(Array("abc".utf8)).hexadecimal == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(
      sha256(Array("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".utf8)).hexadecimal
        == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
  }

  @Test func piecesAreTheWhole() {
    let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 * 7) }
    var stream = SHA256Stream()
    for start in stride(from: 0, to: 1000, by: 37) { stream.add(Array(bytes[start..<min(start + 37, 1000)])) }
    #expect(stream.value() == sha256(bytes))
    // A float and a number have their little-endian bytes, a text has its length before it.
    var typed = SHA256Stream()
    typed.add([1.5, -2][...])
    typed.add(258)
    typed.add("ab")
    #expect(
      typed.value()
        == sha256([0, 0, 0xC0, 0x3F, 0, 0, 0, 0xC0, 2, 1, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0x61, 0x62]))
  }
}
