import Foundation
import Testing

/// The program as a user runs it: a process in a folder of its own, which is removed with this object.
final class Program: Sendable {
  struct Result {
    let status: Int32
    let output: String
    let errors: String
    let bytes: Data
  }

  /// The path of the program that was built beside the tests, or of the one that AETOOL_PROGRAM names.
  static let path: String = {
    if let path = ProcessInfo.processInfo.environment["AETOOL_PROGRAM"] { return path }
    return Bundle.main.bundleURL.appendingPathComponent("aetool").path
  }()

  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("aetool-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// Runs `aetool` with these words; `input` goes to its standard input.
  func callAsFunction(_ arguments: String..., input: Data? = nil) throws -> Result {
    try run(Self.path, arguments, input: input)
  }

  func run(_ program: String, _ arguments: [String], input: Data? = nil) throws -> Result {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.currentDirectoryURL = folder
    // The streams are files, since a pipe fills up and blocks the program while the test reads the other one.
    let (out, err) = (folder.appendingPathComponent(".stdout"), folder.appendingPathComponent(".stderr"))
    for url in [out, err] { try Data().write(to: url) }
    process.standardOutput = try FileHandle(forWritingTo: out)
    process.standardError = try FileHandle(forWritingTo: err)
    let stdin = folder.appendingPathComponent(".stdin")
    try (input ?? Data()).write(to: stdin)
    process.standardInput = try FileHandle(forReadingFrom: stdin)
    try process.run()
    process.waitUntilExit()
    let bytes = try Data(contentsOf: out)
    let errors = try Data(contentsOf: err)
    return Result(
      status: process.terminationStatus, output: String(decoding: bytes, as: UTF8.self),
      errors: String(decoding: errors, as: UTF8.self), bytes: bytes)
  }

  func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
  func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }
  func contents(_ name: String) throws -> Data { try Data(contentsOf: folder.appendingPathComponent(name)) }

  /// Returns the names of the files in the folder, without the streams of the last run.
  func files() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { !$0.hasPrefix(".") }.sorted()
  }

  /// Trains a small model on drawn digits.
  func trainSmall(_ more: String...) throws -> Result {
    try run(
      Self.path,
      [
        "train", "--data", "digits:300:1", "--hidden", "32", "--latent", "8", "--epochs", "2", "--model",
        "m.safetensors",
      ]
        + more)
  }
}

/// Returns the output of a run, which must have succeeded, as a JSON object.
func json(_ result: Program.Result) throws -> [String: Any] {
  #expect(result.status == 0, "\(result.errors)")
  return try #require(try JSONSerialization.jsonObject(with: result.bytes) as? [String: Any], "\(result.errors)")
}
