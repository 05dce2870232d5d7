import Files

/// A folder that a command fills with files of fixed names. It is the command's own where a table lies in it that
/// begins as the command's tables do, or where none of the files is there yet.
struct OutputFolder {
  let path: String
  /// The name of the table that the folder is told by, and how it begins.
  let table: (name: String, start: String)
  /// The names of all files, each with its kind.
  let names: [(name: String, kind: FileKind)]

  /// Adds the files to what the command writes, where the folder is there already.
  func add(to files: inout FileRoles) {
    if !fileExists(path) { return }
    for (name, kind) in names { files.writes("--out", "\(path)/\(name)", kind) }
  }

  /// Refuses a folder with files that this command did not write, unless `force` is true.
  ///
  /// - Throws: `ProgramError` with status 73.
  func check(force: Bool) throws {
    if force || isOurs { return }
    guard let present = names.first(where: { FileKind.found(at: "\(path)/\($0.name)") != .nothing }) else { return }
    throw ProgramError(
      .cannotCreate,
      "--out \(path): has a file \(present.name), and no table \(table.name) that tells that this command wrote it; "
        + "choose another folder, or give --force to write over it")
  }

  private var isOurs: Bool {
    let file = "\(path)/\(table.name)"
    guard FileKind.found(at: file) != .nothing, let bytes = try? readStart(of: file, count: table.start.utf8.count)
    else { return false }
    return bytes == Array(table.start.utf8)
  }
}
