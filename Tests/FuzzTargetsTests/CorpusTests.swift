import Foundation
import FuzzTargets
import Testing

/// The corpus that fuzzing starts from, and the inputs that once broke a reader, go through the same code as in
/// fuzzing.
@Suite struct CorpusTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Fuzz")

  private func inputs(_ target: FuzzTarget) throws -> [URL] {
    let folder = Self.folder.appendingPathComponent("Corpus/\(target.name)")
    return try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
      .sorted { $0.path < $1.path }
  }

  /// Inputs named `bad-…` must be refused, all others accepted; either way the promises of the target hold.
  @Test(arguments: FuzzTarget.all.map(\.name))
  func everyInputIsReadOrRefusedAsItsNameSays(name: String) throws {
    let target = try #require(FuzzTarget.all.first { $0.name == name })
    let inputs = try inputs(target)
    #expect(!inputs.isEmpty)
    for input in inputs {
      let bytes = [UInt8](try Data(contentsOf: input))
      #expect(
        target.accepts(bytes) != input.lastPathComponent.hasPrefix("bad-"),
        "\(name)/\(input.lastPathComponent)")
    }
  }

  /// Each input is cut at every length, and each of its first bits is turned around once.
  @Test(arguments: FuzzTarget.all.map(\.name))
  func damagedInputsBreakNothing(name: String) throws {
    let target = try #require(FuzzTarget.all.first { $0.name == name })
    for input in try inputs(target) {
      let bytes = [UInt8](try Data(contentsOf: input).prefix(target.longest))
      // Large inputs are cut at a few hundred places, so that the tests stay short.
      for length in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 300)) {
        _ = target.accepts(Array(bytes[..<length]))
      }
      for bit in stride(from: 0, to: 8 * bytes.count, by: max(1, 8 * bytes.count / 300) | 1) {
        var damaged = bytes
        damaged[bit / 8] ^= 1 << UInt8(bit % 8)
        _ = target.accepts(damaged)
      }
    }
  }

  @Test func everyTargetHasADictionary() {
    for target in FuzzTarget.all {
      let path = Self.folder.appendingPathComponent("Dictionaries/\(target.name).dict").path
      #expect(FileManager.default.fileExists(atPath: path), "\(path)")
    }
  }
}
