import Files
import Foundation
import Testing

@Suite struct ZipArchiveTests {
  /// Archives of 'numbers' and 'folder/text' that Python wrote: Golden/python_zip.py, Python 3.11.
  static let archives: [String: [UInt8]] = {
    let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
      "Golden/python_zip.json")
    let texts = try! JSONDecoder().decode([String: String].self, from: Data(contentsOf: url))
    return texts.mapValues { [UInt8](Data(base64Encoded: $0)!) }
  }()

  static let numbers = (0..<1024).map { UInt8($0 % 256) }
  static let kinds = ["stored", "deflated", "stored64", "deflated64"]

  /// What reading 'numbers' of an archive says.
  private func complaint(_ bytes: [UInt8], _ name: String = "numbers") -> String {
    do {
      _ = try ZipArchive(bytes, path: "x.zip").read(name)
      return "accepted"
    } catch { return error.description }
  }

  /// The archive with `change` made where its list of members begins an entry: at the bytes PK 1 2.
  private func listed(_ kind: String, _ change: (inout [UInt8], Int) -> Void) -> [UInt8] {
    var bytes = Self.archives[kind]!
    let entry = bytes.firstRange(of: Array("PK\u{1}\u{2}".utf8))!.lowerBound
    change(&bytes, entry)
    return bytes
  }

  @Test(arguments: kinds) func membersComeBack(kind: String) throws {
    let bytes = Self.archives[kind]!
    for archive in [
      try ZipArchive(bytes, path: "x.zip"), try ZipArchive(try temporaryFile("x.zip", bytes)),
    ] {
      #expect(archive.members.map(\.name) == ["numbers", "folder/text"])
      #expect(archive.members.map(\.size) == [1024, 7])
      #expect(try archive.read("folder/text") == Array("a line\n".utf8))
      #expect(try archive.read("numbers") == Self.numbers)
      #expect(try archive.readStart(of: "numbers", count: 300) == Array(Self.numbers[..<300]))
      #expect(try archive.readStart(of: "folder/text", count: 300).count == 7)
    }
  }

  @Test func missingMembersAreNamed() throws {
    #expect(
      complaint(Self.archives["stored"]!, "letters")
        == "x.zip: no member 'letters' in the zip archive; found 'numbers', 'folder/text'")
    #expect(try ZipArchive(Self.archives["empty"]!, path: "x.zip").members.isEmpty)
    #expect(complaint(Self.archives["empty"]!) == "x.zip: no member 'numbers' in the zip archive; found none")
    #expect(ZipArchive.listed((0..<30).map { "\($0)" }).hasSuffix("'18', '19' and 10 more"))
    #expect(ZipArchive.listed(["a\nb"]) == "'a?b'")
  }

  @Test func flippedBytesAreNoticed() {
    var stored = Self.archives["stored"]!
    stored[100] ^= 1  // The content begins at byte 37. Both sums are zlib.crc32's.
    #expect(
      complaint(stored)
        == "x.zip: the member 'numbers' is damaged: expected the CRC-32 b70b4c26, found 13bc9c86; fetch the file anew")
    // A flipped bit is noticed or, in times and versions, of no effect; nothing crashes.
    for kind in Self.kinds {
      for place in Self.archives[kind]!.indices {
        var bytes = Self.archives[kind]!
        bytes[place] ^= 4
        let content = try? ZipArchive(bytes, path: "x.zip").read("numbers")
        #expect(content == nil || content == Self.numbers, "\(kind), byte \(place)")
      }
    }
  }

  @Test func cutArchivesAreNoticed() {
    let bytes = Self.archives["deflated"]!
    for size in bytes.indices {
      let said = complaint(Array(bytes[..<size]))
      #expect(said.contains(size < 4 ? "not a zip archive" : "is cut off"), "\(size): \(said)")
    }
    #expect(
      complaint(Array(bytes.dropLast(30)))
        == "x.zip, byte \(bytes.count - 30): the zip archive is cut off: expected the list of its members, "
        + "found the end; fetch the file anew")
    #expect(
      complaint(Array(bytes.dropFirst(1)))
        == "x.zip, byte 0: not a zip archive: expected the letters PK and the bytes 3, 4")
    #expect(complaint(Array(bytes.prefix(4) + bytes.dropFirst(200))).contains("damaged"))
  }

  @Test func whatIsNotReadIsNamed() throws {
    #expect(
      complaint(Self.archives["lzma"]!)
        == "x.zip: the member 'numbers' is compressed by method 14; expected 0 (stored) or 8 (deflate): pack it so")
    let encrypted = listed("stored") { bytes, entry in
      bytes[entry + 8] |= 1
      bytes[6] |= 1
    }
    #expect(
      complaint(encrypted)
        == "x.zip: the member 'numbers' is encrypted; expected one that is not: pack it without a password")
    #expect(throws: FileError.self) { try ZipArchive("/nowhere/x.zip") }
  }

  /// Sizes that the list of members claims, which no memory is taken for.
  @Test func falseSizesAreNoticed() {
    func claiming(_ kind: String, at offset: Int, _ value: UInt32) -> String {
      complaint(
        listed(kind) { bytes, entry in
          for k in 0..<4 { bytes[entry + offset + k] = UInt8(truncatingIfNeeded: value >> UInt32(8 * k)) }
        })
    }
    let (compressed, uncompressed) = (20, 24)
    #expect(claiming("deflated", at: uncompressed, 4_000_000_000).contains("found a claim of 4000000000; fetch"))
    #expect(claiming("stored", at: uncompressed, 1025).contains("expected at most 1024 bytes of 1024"))
    #expect(claiming("stored", at: compressed, 4_000_000_000).contains("damaged"))
    #expect(claiming("deflated", at: uncompressed, 1023).contains("damaged"))
    #expect(claiming("deflated", at: uncompressed, 200_000).contains("damaged"))
  }
}
