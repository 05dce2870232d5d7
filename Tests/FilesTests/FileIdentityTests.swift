import Files
import Foundation
import Testing

@Suite struct FileIdentityTests {
  @Test func linksAndDetoursLeadToOneFile() throws {
    let path = try temporaryFile("file", [1])
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    symlink("file", "\(folder)/link")
    link(path, "\(folder)/hard")
    symlink("later", "\(folder)/dangling")
    let identity = FileIdentity(path)
    #expect(identity != nil)
    for name in ["link", "hard", "./file"] { #expect(FileIdentity("\(folder)/\(name)") == identity, "\(name)") }
    #expect(FileIdentity("\(folder)/dangling") == FileIdentity("\(folder)/later"))
    #expect(FileIdentity("\(folder)/dangling") != identity)
    #expect(FileIdentity("\(folder)/later") != FileIdentity("\(folder)/never"))
    // A device may be used many times, and what is nowhere is no file.
    #expect(FileIdentity("/dev/null") == nil && FileIdentity("\(folder)/no/file") == nil)
  }

  @Test func contentTellsTheKindAndThenTheName() throws {
    func found(_ name: String, _ content: [UInt8]) throws -> FileKind.Found {
      FileKind.found(at: try temporaryFile(name, content))
    }
    let text = { (text: String) in Array(text.utf8) }
    #expect(try found("x.png", [0x93] + text("NUMPY\u{1}\u{0}")) == .kind(.npy))
    #expect(try found("x", text("{\"epoch\":1,\"train_loss\":2}\n")) == .kind(.log))
    #expect(try found("x", text("{\"samples\":1}\n")) == .kind(.json))
    #expect(try found("x", text("a,b\n1,2\n")) == .kind(.csv))
    #expect(try found("x", text("1.5\n2.5\n")) == .kind(.csv))
    #expect(try found("x", text("<svg xmlns=\"…\">")) == .kind(.svg))
    #expect(try found("x", [64, 1, 0, 0, 0, 0, 0, 0] + text("{\"a\":…")) == .kind(.model))
    #expect(try found("x", text("dear diary,\nit rains")) == .unknown)
    #expect(try found("x.csv", text("dear diary")) == .kind(.csv))
    #expect(try found("x.npy", []) == .nothing)
    #expect(FileKind.found(at: "/dev/zero") == .nothing && FileKind.found(at: "/no/such") == .nothing)
  }
}
