import Files
import Foundation
import Testing

@Suite struct AtomicFileTests {
  @Test func whatIsNotCommittedNeverWas() throws {
    let path = try temporaryFile("out", Array("old".utf8))
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
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
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["out"])
    let open = try AtomicFile(path)
    AtomicFile.removeUnfinished()
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["out"])
    withExtendedLifetime(open) {}
  }

  @Test func whatCannotBeMadeIsNamed() throws {
    let folder = URL(fileURLWithPath: try temporaryFile("x", [])).deletingLastPathComponent().path
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
  }

  @Test func aFullDiskIsNamed() throws {
    let error = #expect(throws: FileError.self) { try AtomicFile.write([1], to: "/dev/full") }
    #expect(error?.kind == .inputOutput)
    #expect(error?.description == "/dev/full: writing failed: No space left on device")
  }
}
