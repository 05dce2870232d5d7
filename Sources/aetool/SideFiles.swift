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
    let note = "\(command) npy=\(sha256(array).hexadecimal) csv=\(sha256(text).hexadecimal)"
    try AtomicFile.write([
      (numbers, array), (table, text), (picture, PNG.adding(note, keyword: Self.keyword, to: png)),
    ])
  }

  private func isOurs(_ path: String) throws -> Bool {
    guard FileKind.found(at: picture) == .kind(.png),
      let note = PNG.text(keyword: Self.keyword, in: try readFile(picture))
    else { return false }
    let words = note.split(separator: " ")
    let digest = sha256(try readFile(path)).hexadecimal
    return words.first == command[...] && words.contains("\(path.suffix(3))=\(digest)")
  }
}
