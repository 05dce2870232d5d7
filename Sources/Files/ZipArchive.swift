import CZipShim
import CZlibShim

#if canImport(Glibc)
  import Glibc
#endif

/// A zip archive, of which members are read: stored and deflated ones, none that are encrypted.
///
/// What the archive claims is not believed before memory is taken: a member grows as its bytes arrive.
@safe
package final class ZipArchive {
  package struct Member: Sendable {
    package let name: String
    /// Bytes of the content, as the archive claims.
    package let size: Int
    fileprivate let compressedSize: Int
    fileprivate let index: UInt64
    fileprivate let crc: UInt32
    fileprivate let method: Int32
    fileprivate let isEncrypted: Bool
  }

  /// What messages name.
  package let path: String
  /// In the archive's order.
  package let members: [Member]
  private let archive: OpaquePointer
  private let size: Int

  /// The first bytes of an archive, and of one without members.
  static let signatures = [Array("PK\u{3}\u{4}".utf8), Array("PK\u{5}\u{6}".utf8)]

  /// The archive in a file, which must not be a pipe.
  package convenience init(_ path: String) throws(FileError) {
    try unsafe self.init(path, zip_source_file_create(path, 0, 0, nil))
  }

  /// The archive that these bytes are, named `path` in messages.
  package convenience init(_ bytes: [UInt8], path: String) throws(FileError) {
    // libzip reads until the archive is closed, and frees the copy then.
    let copy = unsafe UnsafeMutableRawBufferPointer(start: malloc(max(1, bytes.count)), count: bytes.count)
    unsafe copy.copyBytes(from: bytes)
    try unsafe self.init(path, zip_source_buffer_create(copy.baseAddress, UInt64(bytes.count), 1, nil))
  }

  /// Takes the source over.
  private init(_ path: String, _ source: OpaquePointer?) throws(FileError) {
    guard let source = unsafe source else { throw FileError(.inputOutput, path, "no memory is left to read it") }
    self.path = path
    do {
      size = try unsafe Self.checkedSize(source, path)
      unsafe archive = try unsafe Self.open(source, path, size)
    } catch {
      unsafe zip_source_free(source)
      throw error
    }
    members = unsafe Self.list(archive)
  }

  deinit { unsafe zip_discard(archive) }

  /// The content of the member `name`, its checksum checked.
  package func read(_ name: String) throws(FileError) -> [UInt8] {
    let member = try member(name)
    let bytes = try content(of: member)
    guard bytes.count == member.size else {
      throw damaged(member, "expected \(member.size) bytes, found \(bytes.count)")
    }
    return bytes
  }

  /// The first `count` bytes of the member `name`, fewer where it is shorter; their checksum is not known.
  package func readStart(of name: String, count: Int) throws(FileError) -> [UInt8] {
    try content(of: member(name), atMost: count)
  }

  // MARK: - Opening

  /// The size of a source that begins as archives do.
  private static func checkedSize(_ source: OpaquePointer, _ path: String) throws(FileError) -> Int {
    var status = unsafe zip_stat_t()
    var start = [UInt8](repeating: 0, count: 4)
    guard unsafe zip_source_stat(source, &status) == 0, unsafe zip_source_open(source) == 0 else {
      throw FileError(.missing, path, "cannot be read: \(unsafe text(zip_source_error(source)))")
    }
    let got = unsafe zip_source_read(source, &start, 4)
    unsafe zip_source_close(source)
    guard got == 4, signatures.contains(start) else {
      throw FileError(.malformed, path, at: 0, "not a zip archive: expected the letters PK and the bytes 3, 4")
    }
    return unsafe Int(clamping: status.size)
  }

  private static func open(_ source: OpaquePointer, _ path: String, _ size: Int) throws(FileError) -> OpaquePointer {
    var error = unsafe zip_error_t()
    unsafe zip_error_init(&error)
    defer { unsafe zip_error_fini(&error) }
    if let archive = unsafe zip_open_from_source(source, ZIP_RDONLY, &error) { return unsafe archive }
    if unsafe error.zip_err == ZIP_ER_NOZIP {
      throw FileError(
        .malformed, path, at: size,
        "the zip archive is cut off: expected the list of its members, found the end; fetch the file anew")
    }
    throw FileError(
      .malformed, path, "the zip archive's list of members is damaged: \(unsafe text(&error)); fetch the file anew")
  }

  private static func list(_ archive: OpaquePointer) -> [Member] {
    (0..<UInt64(unsafe max(0, zip_get_num_entries(archive, 0)))).compactMap { index in
      var status = unsafe zip_stat_t()
      guard unsafe zip_stat_index(archive, index, 0, &status) == 0, let name = unsafe status.name else { return nil }
      return unsafe Member(
        name: String(cString: name), size: Int(clamping: status.size), compressedSize: Int(clamping: status.comp_size),
        index: index, crc: status.crc, method: Int32(status.comp_method),
        isEncrypted: status.encryption_method != UInt16(ZIP_EM_NONE))
    }
  }

  private static func text(_ error: UnsafeMutablePointer<zip_error_t>) -> String {
    unsafe String(cString: zip_error_strerror(error))
  }

  // MARK: - Reading

  /// The last member of that name, as others do with archives that were added to.
  private func member(_ name: String) throws(FileError) -> Member {
    if let member = members.last(where: { $0.name == name }) { return member }
    throw FileError(
      .malformed, path, "no member '\(name)' in the zip archive; found \(Self.listed(members.map(\.name)))")
  }

  /// Names for a message of one line.
  package static func listed(_ names: [String]) -> String {
    let most = 20
    if names.isEmpty { return "none" }
    let rest = names.count > most ? " and \(names.count - most) more" : ""
    return names.prefix(most).map { quoted($0) }.joined(separator: ", ") + rest
  }

  /// What archives call their members may hold any character; a message stays one line.
  private static func quoted(_ name: String) -> String {
    "'" + String(String.UnicodeScalarView(name.unicodeScalars.map { $0.value < 32 || $0.value == 127 ? "?" : $0 }))
      + "'"
  }

  private func damaged(_ member: Member, _ message: String) -> FileError {
    FileError(.malformed, path, "the member \(Self.quoted(member.name)) is damaged: \(message); fetch the file anew")
  }

  /// An error unless the member is of a kind that is read, and its sizes can be true.
  private func check(_ member: Member) throws(FileError) {
    let name = Self.quoted(member.name)
    if member.isEncrypted {
      throw FileError(
        .malformed, path, "the member \(name) is encrypted; expected one that is not: pack it without a password")
    }
    guard member.method == ZIP_CM_STORE || member.method == ZIP_CM_DEFLATE else {
      throw FileError(
        .malformed, path,
        "the member \(name) is compressed by method \(member.method); expected 0 (stored) or 8 (deflate): pack it so")
    }
    guard member.compressedSize <= size else {
      throw damaged(member, "expected at most the archive's \(size) bytes, found a claim of \(member.compressedSize)")
    }
    let largest = member.compressedSize * (member.method == ZIP_CM_STORE ? 1 : ByteSource.largestExpansion)
    guard member.size <= largest else {
      throw damaged(
        member, "expected at most \(largest) bytes of \(member.compressedSize), found a claim of \(member.size)")
    }
  }

  /// The first `most` bytes of a member; all of them, and nothing wrong with their checksum, where there are fewer.
  private func content(of member: Member, atMost most: Int = .max) throws(FileError) -> [UInt8] {
    try check(member)
    guard let file = unsafe zip_fopen_index(archive, member.index, 0) else {
      throw damaged(member, unsafe Self.text(zip_get_error(archive)))
    }
    defer { unsafe zip_fclose(file) }
    try MemoryBudget.require(min(member.size, most), for: "its member \(Self.quoted(member.name))", in: path)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(min(member.size, member.compressedSize, most))
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count < most {
      let got = unsafe zip_fread(file, &chunk, UInt64(chunk.count))
      if got < 0 {
        let error = unsafe zip_file_get_error(file)!
        guard unsafe error.pointee.zip_err == ZIP_ER_CRC else { throw damaged(member, unsafe Self.text(error)) }
        throw damaged(
          member, "expected the CRC-32 \(String(member.crc, radix: 16)), found \(String(crc(bytes), radix: 16))")
      }
      if got == 0 { break }
      guard bytes.count + Int(got) <= member.size else {
        throw damaged(member, "expected \(member.size) bytes, found more")
      }
      bytes.append(contentsOf: chunk[..<min(Int(got), most - bytes.count)])
    }
    return bytes
  }

  private func crc(_ bytes: [UInt8]) -> UInt { unsafe UInt(crc32_z(0, bytes, bytes.count)) }
}
