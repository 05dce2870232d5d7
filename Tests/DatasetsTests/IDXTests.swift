import Datasets
import Files
import Testing

#if canImport(Glibc)
  import Glibc
#endif

let isRoot = geteuid() == 0

@Suite struct IDXTests {
  /// An IDX file of two samples of 2 × 3 bytes.
  static let good: [UInt8] = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3] + (1...12).map { $0 * 20 }

  @Test func bytesAreReadAsPixels() throws {
    for bytes in [Self.good, gzipped(Self.good), gzipped(Array(Self.good[..<9])) + gzipped(Array(Self.good[9...]))] {
      let data = try Dataset.open(try temporaryFile("x", bytes))
      #expect(data.count == 2 && data.shape == [2, 3] && data.isPixels)
      #expect(values(data) == (1...12).map { Float($0 * 20) / 255 })
      #expect(data.range == Float(20) / 255...Float(240) / 255)
    }
  }

  @Test func everyElementTypeIsRead() throws {
    let files: [(type: UInt8, one: [UInt8], minusTwo: [UInt8])] = [
      (0x09, [1], [0xFE]), (0x0B, [0, 1], [0xFF, 0xFE]), (0x0C, [0, 0, 0, 1], [0xFF, 0xFF, 0xFF, 0xFE]),
      (0x0D, [0x3F, 0x80, 0, 0], [0xC0, 0, 0, 0]),
      (0x0E, [0x3F, 0xF0, 0, 0, 0, 0, 0, 0], [0xC0, 0, 0, 0, 0, 0, 0, 0]),
    ]
    for file in files {
      let bytes = [0, 0, file.type, 2, 0, 0, 0, 1, 0, 0, 0, 2] + file.one + file.minusTwo
      let data = try Dataset.open(try temporaryFile("x", bytes))
      #expect(values(data) == [1, -2], "type \(file.type)")
      #expect(!data.isPixels && data.shape == [2])
    }
  }

  @Test func labelsComeAlong() throws {
    let path = try temporaryFile("a-images-idx3-ubyte.gz", gzipped(Self.good))
    let folder = path.dropLast("a-images-idx3-ubyte.gz".count)
    try AtomicFile.write([0, 0, 8, 1, 0, 0, 0, 2, 7, 3], to: folder + "a-labels-idx1-ubyte")
    #expect(try Dataset.open(path).labels == [7, 3])
    try AtomicFile.write([0, 0, 8, 1, 0, 0, 0, 1, 7], to: folder + "a-labels-idx1-ubyte")
    #expect(complaint(path).hasSuffix("a-labels-idx1-ubyte: 1 labels for the 2 samples of FILE"))
  }

  @Test func malformedFilesAreNamed() throws {
    func spoilt(_ change: (inout [UInt8]) -> Void) throws -> String {
      var bytes = Self.good
      change(&bytes)
      return try complaint("x", bytes)
    }
    #expect(try spoilt { $0.removeLast() } == "FILE, byte 16: the file is cut off: expected 12 bytes, found 11")
    #expect(try spoilt { $0 = Array($0[..<10]) } == "FILE, byte 4: the file is cut off: expected 12 bytes, found 6")
    #expect(try spoilt { $0.append(0) } == "FILE, byte 28: expected the end of the file, found more bytes")
    #expect(try spoilt { $0[7] = 0 } == "FILE, byte 4: the file holds zero samples")
    #expect(try spoilt { $0[11] = 0 } == "FILE, byte 4: dimensions [2, 0, 3]; each must be at least 1")
    let known = DataFormat.all.map(\.name).joined(separator: ", ")
    #expect(
      try spoilt { $0[2] = 7 }
        == "FILE, byte 0: not data that can be read: expected one of \(known), found the bytes 00 00 07 03")
    #expect(
      try spoilt { for i in 4..<16 { $0[i] = 0xFF } }
        == "FILE, byte 4: dimensions [4294967295, 4294967295, 4294967295] are too large for any file")
    // The header claims 2⁴⁰ elements; the size of the file refuses them before any memory is taken.
    #expect(
      try complaint("x", [0, 0, 8, 2, 0, 0x10, 0, 0, 0, 0x10, 0, 0, 1, 2, 3])
        == "FILE, byte 12: the file is cut off: expected 1099511627776 bytes, found 3")
    #expect(
      try complaint("x", gzipped([0, 0, 8, 2, 0, 0x10, 0, 0, 0, 0x10, 0, 0, 1, 2, 3]))
        == "FILE, byte 12: expected 1099511627776 bytes, more than the compressed file can hold")
    #expect(
      try complaint("x", [0, 0, 0x0D, 2, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 0, 0x7F, 0xC0, 0, 0])
        == "FILE, byte 16: sample 0, feature 1 is nan in Float; expected finite numbers")
  }

  @Test func damagedGzipIsNamed() throws {
    let noise = (0..<5000).map { UInt8(truncatingIfNeeded: $0 &* $0 &* 31 >> 3) }
    let bytes = gzipped([0, 0, 8, 2, 0, 0, 0, 50, 0, 0, 0, 100] + noise)
    let cut = try complaint("x", Array(bytes[..<(bytes.count / 2)]))
    #expect(cut.hasPrefix("FILE, byte ") && cut.hasSuffix(": the gzip stream is cut off; fetch the file anew"))
    var flipped = bytes
    flipped[bytes.count - 6] ^= 1
    let damaged = try complaint("x", flipped)
    #expect(damaged.hasSuffix("the gzip stream is damaged: incorrect data check"), "\(damaged)")
    #expect(try complaint("x", [0x1F, 0x8B]) == "FILE, byte 0: the gzip stream is cut off; fetch the file anew")
  }

  @Test func whatIsNoFileIsNamed() throws {
    #expect(complaint("/nowhere/at/all") == "FILE: cannot be read: No such file or directory")
    let folder = try temporaryFile("x", []).dropLast(2)
    #expect(complaint(String(folder)) == "FILE: is a directory; expected a file of data")
    #expect(try complaint("x", []) == "FILE, byte 0: the file is empty; expected data")
    #expect(complaint("\(folder)/x/y") == "FILE: cannot be read: Not a directory")
  }

  @Test(.enabled(if: !isRoot, "root may read everything")) func whatMayNotBeReadIsNamed() throws {
    let path = try temporaryFile("x", Self.good)
    chmod(path, 0)
    #expect(complaint(path) == "FILE: cannot be read: Permission denied")
  }

  @Test(.enabled(if: sharedDataHas("mnist/train-images-idx3-ubyte.gz"), "MNIST is not there"))
  func mnistIsWhole() throws {
    let data = try Dataset.open("\(sharedData)/mnist/train-images-idx3-ubyte.gz")
    #expect(data.count == 60_000 && data.shape == [28, 28])
    #expect(abs(data.mean - 0.13066047627384286) < 1e-12)
    let counts = (0..<10).map { digit in data.labels!.filter { $0 == digit }.count }
    #expect(counts == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949])
  }
}
