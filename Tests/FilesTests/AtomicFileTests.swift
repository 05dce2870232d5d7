import Files
import Foundation
import Testing

@Suite struct AtomicFileTests {
  /// Returns the path of a file with `text` in a folder of its own, and that folder.
  private func file(_ text: String = "old", name: String = "out") throws -> (path: String, folder: String) {
    let path = try temporaryFile(name, Array(text.utf8))
    return (path, URL(fileURLWithPath: path).deletingLastPathComponent().path)
  }

  private func names(_ folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
  }

  @Test func whatIsNotCommittedNeverWas() throws {
    let (path, folder) = try file()
    do {
      let file = try AtomicFile(path)
      try file.write(Array("new".utf8))
    }
    #expect(try readFile(path) == Array("old".utf8))
    let file = try AtomicFile(path)
    try file.write(Array("new".utf8))
    #expect(try readFile(path) == Array("old".utf8))
    try file.commit()
    #expect(try readFile(path) == Array("new".utf8))
    #expect(try names(folder) == ["out"])
    let open = try AtomicFile(path)
    UnfinishedFiles.remove()
    #expect(try names(folder) == ["out"])
    withExtendedLifetime(open) {}
  }

  @Test func whatCannotBeMadeIsNamed() throws {
    let folder = try file("", name: "x").folder
    func said(_ path: String) -> String {
      do {
        _ = try AtomicFile(path)
        return "accepted"
      } catch {
        #expect(error.kind == .cannotCreate)
        return error.description
      }
    }
    #expect(
      said("\(folder)/no/out")
        == "\(folder)/no/out: cannot be written in the folder '\(folder)/no': No such file or directory; make the folder first"
    )
    #expect(said(folder) == "\(folder): is a folder; expected the name of a file to write")
    // A name that is too long is refused before anything is written.
    #expect(said("\(folder)/\(String(repeating: "n", count: 256))").hasSuffix("File name too long"))
    symlink("loop", "\(folder)/loop")
    #expect(said("\(folder)/loop").hasSuffix("is a symbolic link that leads nowhere"))
  }

  @Test func aFullDiskIsNamed() throws {
    let error = #expect(throws: FileError.self) { try AtomicFile.write([1], to: "/dev/full") }
    #expect(error?.kind == .inputOutput)
    #expect(error?.description == "/dev/full: writing failed: No space left on device")
  }

  @Test func namesOfAnyLengthAreWritten() throws {
    let folder = try file("", name: "x").folder
    for length in [239, 240, 255] {
      let path = "\(folder)/\(String(repeating: "n", count: length))"
      try AtomicFile.write([7], to: path)
      #expect(try readFile(path) == [7])
    }
  }

  @Test func temporaryNamesAreNotForeseen() throws {
    let (path, folder) = try file()
    let two = try [AtomicFile(path), AtomicFile(path)]
    let made = try names(folder).filter { $0 != "out" }
    #expect(Set(made).count == 2)
    for name in made {
      #expect(try /\.aetool-[a-z0-9]{16}\.partial/.wholeMatch(in: name) != nil, "\(name)")
    }
    withExtendedLifetime(two) {}
  }

  @Test func theModeOfAReplacedFileStays() throws {
    let (path, _) = try file()
    for mode in [0o600, 0o640, 0o755] as [mode_t] {
      chmod(path, mode)
      try AtomicFile.write([1], to: path)
      var status = stat()
      #expect(stat(path, &status) == 0 && status.st_mode & 0o7777 == mode)
    }
  }

  @Test func theTargetOfALinkIsReplacedAndTheLinkStays() throws {
    let (path, folder) = try file()
    symlink("out", "\(folder)/link")
    symlink("link", "\(folder)/second")
    try AtomicFile.write(Array("new".utf8), to: "\(folder)/second")
    #expect(try readFile(path) == Array("new".utf8))
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/link") == "out")
    // A link that leads to no file yet makes that file.
    symlink("later", "\(folder)/dangling")
    try AtomicFile.write([9], to: "\(folder)/dangling")
    #expect(try readFile("\(folder)/later") == [9])
  }

  @Test func filesThatBelongTogetherComeTogether() throws {
    let (path, folder) = try file()
    #expect(throws: FileError.self) { try AtomicFile.write([(path, [1]), ("\(folder)/no/file", [2])]) }
    #expect(try readFile(path) == Array("old".utf8))
    #expect(try names(folder) == ["out"])
  }

  @Test func whatOthersAbandonedIsSweptAndWhatTheyWriteIsNot() throws {
    let (path, folder) = try file()
    let abandoned = "\(folder)/.aetool-abandonedabandon.partial"
    let held = "\(folder)/.aetool-heldheldheldheld.partial"
    for name in [abandoned, held, "\(folder)/.aetool-0123.lock"] { try Data([1]).write(to: URL(fileURLWithPath: name)) }
    symlink("out", "\(folder)/.aetool-linklinklinklink.partial")
    let lock = open(held, O_RDWR)
    #expect(flock(lock, LOCK_EX) == 0)
    try AtomicFile.write([1], to: path)
    #expect(
      try names(folder) == [".aetool-heldheldheldheld.partial", ".aetool-linklinklinklink.partial", "out"])
    close(lock)
  }

  @Test func aFileHasOneWriter() throws {
    let (path, folder) = try file()
    var first = try FileLock(path)
    #expect(first != nil)
    symlink("out", "\(folder)/link")
    for name in ["out", "link", "../\(URL(fileURLWithPath: folder).lastPathComponent)/out"] {
      let error = #expect(throws: FileError.self) { try FileLock("\(folder)/\(name)") }
      #expect(error?.kind == .cannotCreate)
      #expect(error?.message.hasPrefix("is being written by another aetool, process \(getpid());") == true)
    }
    #expect(try FileLock("\(folder)/other") != nil)
    first = nil
    #expect(try names(folder) == ["link", "out"])
    #expect(try FileLock(path) != nil)
  }
}
