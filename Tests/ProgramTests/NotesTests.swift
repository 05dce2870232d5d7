import Foundation
import Testing

/// The command that makes the page of notes. The page itself takes minutes, so what it says is tried by `make demo`; here
/// its refusals are.
@Suite struct NotesTests {
  @Test(arguments: [
    (["--data", "digits:3000:1"], 64, "--data and --test go together"),
    (["--data", "spiral:3000:1", "--test", "spiral:600:2"], 65, "the notes are about images with values from 0 to 1"),
    (["--data", "digits:100:1", "--test", "digits:600:2"], 65, "100 samples; the notes need at least 2000"),
    (["--data", "digits:3000:1", "--test", "spiral:600:2"], 65, "expected images like those of digits:3000:1"),
    (
      ["--data", "digits:3000:1", "--test", "digits:600:2", "--foreign", "shapes:20"], 65, "the notes need at least 100"
    ),
  ])
  func badDataIsRefusedBeforeTheWork(options: [String], status: Int32, message: String) throws {
    let aetool = try Program()
    let result = try aetool.run(Program.path, ["notes", "--quick", "--out", "n"] + options)
    #expect(result.status == status && result.errors.contains(message), "\(result.errors)")
    #expect(!aetool.exists("n"))
  }

  @Test func anotherSettingOrAnotherPageIsNotWrittenOver() throws {
    let aetool = try Program()
    let folder = aetool.folder.appendingPathComponent("n")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data("<!doctype html><p>mine".utf8).write(to: folder.appendingPathComponent("index.html"))
    let other = try aetool("notes", "--quick", "--out", "n")
    #expect(other.status == 73 && other.errors.contains("has an index.html of something else"), "\(other.errors)")
    try Data("{\"form\":1}".utf8).write(to: folder.appendingPathComponent("notes.json"))
    let older = try aetool("notes", "--quick", "--out", "n")
    #expect(older.status == 73 && older.errors.contains("holds a page of another version of aetool"), "\(older.errors)")
    #expect(try aetool.contents("n/index.html") == Data("<!doctype html><p>mine".utf8))
  }
}
