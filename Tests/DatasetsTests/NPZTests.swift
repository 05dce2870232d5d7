import CZlibShim
import Files
import Testing

@testable import Datasets

@Suite struct NPZTests {
  /// Arrays that NumPy wrote.
  static let arrays = NPYTests.files

  /// A zip archive of these members, as APPNOTE.TXT 6.3 sections 4.3.7, 4.3.12 and 4.3.16 lay it out.
  static func zip(_ members: [(name: String, content: [UInt8])], deflated: Bool = false) -> [UInt8] {
    func number(_ value: Int, _ size: Int) -> [UInt8] { (0..<size).map { UInt8(value >> (8 * $0) & 0xFF) } }
    var (archive, list): ([UInt8], [UInt8]) = ([], [])
    for (name, content) in members {
      // A gzip file is a deflate stream behind 10 bytes and in front of 8.
      let stored = deflated ? Array(gzipped(content).dropFirst(10).dropLast(8)) : content
      let crc = content.withUnsafeBufferPointer { Int(crc32(0, $0.baseAddress, UInt32($0.count))) }
      let common =
        number(20, 2) + number(0, 2) + number(deflated ? 8 : 0, 2) + number(0, 4) + number(crc, 4)
        + number(stored.count, 4) + number(content.count, 4) + number(name.utf8.count, 2) + number(0, 2)
      list += Array("PK\u{1}\u{2}".utf8) + number(20, 2) + common + number(0, 10) + number(archive.count, 4)
      list += Array(name.utf8)
      archive += Array("PK\u{3}\u{4}".utf8) + common + Array(name.utf8) + stored
    }
    return archive + list + Array("PK\u{5}\u{6}".utf8) + number(0, 4) + number(members.count, 2)
      + number(members.count, 2) + number(list.count, 4) + number(archive.count, 4) + number(0, 2)
  }

  static let two = [("X.npy", arrays["<f8"]!), ("y.npy", arrays["line"]!)]

  /// What opening `argument` says, with FILE for the file.
  private func complaint(_ bytes: [UInt8], _ key: String = "") throws -> String {
    let path = try temporaryFile("x.npz", bytes)
    do {
      _ = try Dataset.open(path + key)
      return "accepted"
    } catch { return error.description.replacing(path, with: "FILE") }
  }

  @Test(arguments: [false, true]) func arraysAreFoundByName(deflated: Bool) throws {
    let bytes = Self.zip(Self.two, deflated: deflated)
    for path in [try temporaryFile("x.npz", bytes), try temporaryFile("x.npz.gz", gzipped(bytes))] {
      for key in [":X", ":X.npy"] {
        let data = try Dataset.open(path + key)
        #expect(data.count == 2 && data.shape == [3] && values(data) == [-2, -1, 0, 1, 2, 3])
        #expect(data.source == path + ":X")
      }
      #expect(try SampleStream.open(path + ":X", memory: 1).dataset?.count == 2)
    }
  }

  @Test func theOnlyArrayNeedsNoName() throws {
    for members in [[("arr_0.npy", Self.arrays["u1"]!)], [("arr_0.npy", Self.arrays["u1"]!), ("about.txt", [65])]] {
      let path = try temporaryFile("x", Self.zip(members))
      for argument in [path, path + ":arr_0"] {
        let data = try Dataset.open(argument)
        #expect(data.isPixels && values(data) == [0, 50, 100, 150, 200, 250].map { Float($0) / 255 })
      }
    }
  }

  /// Whatever the reader of NPY files takes is taken in an archive.
  @Test(arguments: ["<f4", "<f8", "<i4", ">f4", "<i8", "fortran", "version 2"])
  func numbersOfEveryKind(name: String) throws {
    let path = try temporaryFile("x.npz", Self.zip([("a/b.npy", Self.arrays[name]!)], deflated: true))
    #expect(values(try Dataset.open(path + ":a/b")) == [-2, -1, 0, 1, 2, 3])
  }

  @Test func labelsMayBeAnArrayOfTheSameFile() throws {
    var whole = Self.arrays["line"]!
    whole.replaceSubrange(whole.count - 8..<whole.count, with: [0, 0, 0x80, 0x3F, 0, 0, 0, 0])
    let path = try temporaryFile("x.npz", Self.zip([("X.npy", Self.arrays["<f8"]!), ("y.npy", whole)]))
    #expect(try Dataset.open(path + ":X", labels: path + ":y").labels == [1, 0])
    #expect(throws: FileError(.malformed, path + ":X", "3 numbers for each sample; labels are one")) {
      try Dataset.open(path + ":X", labels: path + ":X")
    }
  }

  @Test func whatIsNotThereIsNamed() throws {
    let bytes = Self.zip(Self.two + [("names.npy", Array("no array".utf8))])
    #expect(
      try complaint(bytes)
        == "FILE: 3 arrays: 'X' [2, 3], 'y' [2], 'names' (not readable); name one behind a colon, as in FILE:X")
    #expect(try complaint(bytes, ":Z") == "FILE: no array 'Z' in the archive; found 'X', 'y', 'names'")
    #expect(try complaint(bytes, ":").hasPrefix("FILE: no array '' in the archive"))
    #expect(
      try complaint(Self.zip([("a.txt", [65])]))
        == "FILE: a zip archive without arrays: expected members named KEY.npy, found 'a.txt'")
    #expect(
      try complaint(Self.zip([])) == "FILE: a zip archive without arrays: expected members named KEY.npy, found none")
    #expect(try complaint(bytes, ":names") == "FILE:names, byte 0: not an NPY file: expected \\x93NUMPY")
  }

  @Test func damagedArchivesAreNamed() throws {
    var bytes = Self.zip(Self.two)
    bytes[170] ^= 1
    #expect(
      try complaint(bytes, ":X").hasPrefix("FILE: the member 'X.npy' is damaged: expected the CRC-32 "))
    #expect(try complaint(bytes, ":y") == "accepted")
    #expect(try complaint(Array(bytes.dropLast(30)), ":y").contains("the zip archive is cut off"))
    let cut = Self.zip([("X.npy", Array(Self.arrays["<f8"]!.dropLast()))])
    #expect(try complaint(cut) == "FILE:X, byte 128: the file is cut off: expected 48 bytes, found 47")
  }

  @Test(.enabled(if: sharedDataHas("tabular/6_cardio.npz"), "tabular/6_cardio.npz is not there"))
  func tablesOfADBenchAreRead() throws {
    let path = "\(sharedData)/tabular/6_cardio.npz"
    let data = try Dataset.open(path + ":X", labels: path + ":y")
    // As the README of the data says; 176 anomalies: numpy.load(path)["y"].sum().
    #expect(data.count == 1831 && data.shape == [21] && data.labels!.reduce(0, +) == 176)
  }
}
