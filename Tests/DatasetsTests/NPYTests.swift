import Datasets
import Files
import Foundation
import Linalg
import Testing

@Suite struct NPYTests {
  /// The files that Golden/numpy_arrays.py wrote with NumPy 2.4.
  static let files: [String: [UInt8]] = {
    let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
      "Golden/numpy_arrays.json")
    let texts = try! JSONDecoder().decode([String: String].self, from: Data(contentsOf: url))
    return texts.mapValues { [UInt8](Data(base64Encoded: $0)!) }
  }()

  @Test(arguments: ["<f4", "<f8", "<i4", ">f4", "<i8", "fortran", "version 2"])
  func numbersOfEveryKind(name: String) throws {
    for bytes in [Self.files[name]!, gzipped(Self.files[name]!)] {
      let data = try Dataset.open(try temporaryFile("x.npy", bytes))
      #expect(data.count == 2 && data.shape == [3] && !data.isPixels)
      #expect(values(data) == [-2, -1, 0, 1, 2, 3])
    }
  }

  @Test func bytesArePixels() throws {
    let data = try Dataset.open(try temporaryFile("x.npy", Self.files["u1"]!))
    #expect(data.isPixels && values(data) == [0, 50, 100, 150, 200, 250].map { Float($0) / 255 })
  }

  @Test func higherRanksKeepTheirOrder() throws {
    let cube = try Dataset.open(try temporaryFile("x.npy", Self.files["cube"]!))
    #expect(cube.count == 2 && cube.shape == [3, 4] && values(cube) == (0..<24).map { Float($0) })
    let line = try Dataset.open(try temporaryFile("x.npy", Self.files["line"]!))
    #expect(line.count == 2 && line.shape == [1] && values(line) == [1.5, 2.5])
  }

  @Test func whatIsWrittenIsWhatNumPyWrites() throws {
    let path = try temporaryFile("x.npy", [])
    let writer = try NPYWriter(path, shape: [2, 3])
    try writer.append([-2, -1, 0])
    try writer.append([1, 2, 3])
    try writer.commit()
    #expect(try readFile(path) == Self.files["<f4"]!)
  }

  @Test func malformedFilesAreNamed() throws {
    let good = Self.files["<f4"]!
    func edited(_ old: String, _ new: String) throws -> String {
      precondition(old.utf8.count == new.utf8.count)
      var bytes = good
      bytes.replaceSubrange(bytes.firstRange(of: Array(old.utf8))!, with: Array(new.utf8))
      return try complaint("x", bytes)
    }
    #expect(try complaint("x", good.dropLast()) == "FILE, byte 128: the file is cut off: expected 24 bytes, found 23")
    #expect(
      try complaint("x", Array(good[..<50])) == "FILE, byte 10: the file is cut off: expected 118 bytes, found 40")
    #expect(try complaint("x", good + [1]) == "FILE, byte 152: expected the end of the file, found more bytes")
    #expect(try edited("(2, 3)", "(0, 3)") == "FILE, byte 10: the file holds zero samples")
    #expect(try edited("(2, 3), }   ", "(2, 300000),").hasPrefix("FILE, byte "))
    #expect(try edited("'<f4'", "'<c8'").hasPrefix("FILE, byte 10: numbers of type '<c8'; read are u1, "))
    #expect(try edited("'shape'", "'sharp'") == "FILE, byte 10: the header lacks 'descr', 'fortran_order' or 'shape'")
    #expect(
      try edited("(2, 3), }           ", "(2, 3), 'a': (1,), }")
        == "FILE, byte 10: the header has keys beside 'descr', 'fortran_order' and 'shape'")
    #expect(try edited("False,", "Maybe,").contains("the header is not the dictionary that NPY asks for"))
    #expect(
      try edited("(2, 3), }            ", "(1048576, 1048576), }")
        == "FILE, byte 128: the file is cut off: expected 4398046511104 bytes, found 24")
    #expect(
      try edited("(2, 3), }                      ", "(4294967296000, 4294967296), } ").contains(
        "too large for any file"))
    var version = good
    version[6] = 9
    #expect(try complaint("x", version) == "FILE, byte 6: NPY version 9.0; expected 1.0 or 2.0")
    var infinite = good
    infinite.replaceSubrange(140..<144, with: [0, 0, 0x80, 0x7F])
    #expect(
      try complaint("x", infinite) == "FILE, byte 140: sample 1, feature 0 is inf in Float; expected finite numbers")
  }
}
