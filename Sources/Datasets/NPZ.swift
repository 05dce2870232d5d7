import Files

/// NumPy's archive of arrays: a zip archive of NPY files, each named by its key and `.npy`.
///
/// Source: NumPy's documentation, `numpy.savez` and `numpy.savez_compressed`.
enum NPZ {
  static let format = DataFormat(
    name: "NPZ", summary: "NumPy arrays in a zip archive; FILE:KEY names one of several",
    recognises: { $0.starts(with: Array("PK\u{3}\u{4}".utf8)) || $0.starts(with: Array("PK\u{5}\u{6}".utf8)) },
    readNamed: read)

  private static let ending = ".npy"

  /// Enough of a member for any header that is understood.
  private static let headerSize = 1 << 16

  /// The array that `key` names, with or without `.npy`; where it is nil, the only one. Of a file only that array is
  /// taken into memory, of what is gzipped or piped the whole archive.
  static func read(_ source: ByteSource, key: String?, part: SamplePart? = nil) throws(FileError) -> Dataset {
    let archive: ZipArchive
    if let path = source.plainPath {
      archive = try ZipArchive(path)
    } else {
      archive = try ZipArchive(try source.readToEnd(), path: source.path)
    }
    let member = try member(of: archive, key: key)
    return try NPY.read(
      ByteSource(try archive.read(member), path: "\(archive.path):\(self.key(of: member))"), part: part)
  }

  private static func member(of archive: ZipArchive, key: String?) throws(FileError) -> String {
    let names = archive.members.map(\.name)
    let arrays = names.filter { $0.hasSuffix(ending) }
    if let key {
      if let name = [key, key + ending].first(where: names.contains) { return name }
      throw FileError(
        .malformed, archive.path,
        "no array '\(key)' in the archive; found \(ZipArchive.listed(arrays.map { self.key(of: $0) }))")
    }
    guard let first = arrays.first else {
      throw FileError(
        .malformed, archive.path,
        "a zip archive without arrays: expected members named KEY.npy, found \(ZipArchive.listed(names))")
    }
    if arrays.count == 1 { return first }
    let choices = arrays.prefix(20).map { "\(ZipArchive.listed([self.key(of: $0)])) \(shape(of: $0, in: archive))" }
    let rest = arrays.count > choices.count ? " and \(arrays.count - choices.count) more" : ""
    throw FileError(
      .malformed, archive.path,
      "\(arrays.count) arrays: \(choices.joined(separator: ", "))\(rest); name one behind a colon, as in "
        + "FILE:\(self.key(of: first))")
  }

  private static func key(of member: String) -> String {
    member.hasSuffix(ending) ? String(member.dropLast(ending.count)) : member
  }

  /// The shape of an array that can be read.
  private static func shape(of member: String, in archive: ZipArchive) -> String {
    guard let start = try? archive.readStart(of: member, count: headerSize),
      let layout = try? NPY.layout(ByteSource(start, path: member))
    else { return "(not readable)" }
    return "\(layout.dimensions)"
  }
}
