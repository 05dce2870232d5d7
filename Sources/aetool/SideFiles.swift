import AEZ
import Datasets
import Figures
import Files
import Linalg

/// The files that a command writes beside a picture: the numbers that it shows, as NPY, and a table, as CSV.
///
/// Nobody named these files, so they must not replace any that the command did not write. The picture says what lies
/// beside it: a text in the PNG file has the command's name and the SHA-256 of both files. What is there already may be
/// replaced where the old picture's text fits it.
struct SideFiles {
  let command: String
  /// The picture's path, which ends in .png.
  let picture: String

  private static let keyword = "aetool"

  var numbers: String { picture.dropLast(4) + ".npy" }
  var table: String { picture.dropLast(4) + ".csv" }

  /// Adds the picture and the files beside it to what the command writes.
  func add(to files: inout FileRoles) {
    files.writes("--out", picture, .png)
    files.writes("--out, beside its picture,", numbers, .npy)
    files.writes("--out, beside its picture,", table, .csv)
  }

  /// Refuses files beside the picture that this command did not write, or that have changed since, unless `force` is
  /// true.
  ///
  /// - Throws: `ProgramError` with status 73.
  func check(force: Bool) throws {
    if force { return }
    for path in [numbers, table] where FileKind.found(at: path) != .nothing {
      if try isOurs(path) { continue }
      throw ProgramError(
        .cannotCreate,
        "\(path): would be written beside \(picture), but is there already, and no \(command) with that picture wrote "
          + "it, or it has changed since; choose another --out, or give --force to write over it")
    }
  }

  /// Writes the picture `png` and the files beside it; none replaces an old one before all are written.
  func write(_ png: [UInt8], numbers values: Matrix<Float>, shape: [Int], table rows: Matrix<Float>) throws {
    let array = NPYWriter.bytes(of: values.values, shape: [values.rows] + shape)
    let text = CSVWriter.bytes(of: rows)
    let note = [command, "npy=\(sha256(array).hexadecimal)", "csv=\(sha256(text).hexadecimal)"]
    let drawn = (picture, PNG.adding(note.joined(separator: " "), keyword: Self.keyword, to: png))
    let beside = [(numbers, array), (table, text)]
    // Should the program be killed after the first file has its place, the next run knows all of them by the picture:
    // by the new one where there is none of this command yet, otherwise by the old one, which names the new files first.
    if try announce(note) { try AtomicFile.write(beside + [drawn]) } else { try AtomicFile.write([drawn] + beside) }
  }

  /// Adds the words of a new note to the picture that is there. Returns whether there is one of this command.
  private func announce(_ note: [String]) throws -> Bool {
    guard let old = try oldPicture() else { return false }
    let added = note.filter { !old.note.contains($0) }
    if !added.isEmpty {
      let text = (old.note + added).joined(separator: " ")
      try AtomicFile.write(PNG.adding(text, keyword: Self.keyword, to: old.png), to: picture)
    }
    return true
  }

  private func isOurs(_ path: String) throws -> Bool {
    guard let old = try oldPicture() else { return false }
    return old.note.contains("\(path.suffix(3))=\(sha256(try readFile(path)).hexadecimal)")
  }

  /// Returns the picture that is there with the words of its note, where this command wrote it.
  private func oldPicture() throws -> (png: [UInt8], note: [String])? {
    guard FileKind.found(at: picture) == .kind(.png) else { return nil }
    let png = try readFile(picture)
    let note = PNG.text(keyword: Self.keyword, in: png)?.split(separator: " ").map(String.init) ?? []
    return note.first == command ? (png, note) : nil
  }
}
