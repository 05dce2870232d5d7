import Files
import Foundation
import Testing

@testable import Datasets

@Suite struct DataArgumentTests {
  /// What an argument names: DRAWN, or path and key, with FOLDER for the folder.
  private func meaning(_ argument: String, in folder: String) -> String {
    switch DataArgument(folder + argument) {
    case .drawn(let generator, _, let part): "DRAWN \(generator.name)" + (part.map { " PART \($0)" } ?? "")
    case .file(let file):
      file.path.replacingOccurrences(of: folder, with: "") + (file.key.map { " KEY \($0)" } ?? "")
        + (file.part.map { " PART \($0)" } ?? "")
    }
  }

  @Test func theLongestNameOfAFileWins() throws {
    let folder = try temporaryFile("x", []).dropLast(1)
    for name in ["x:y", "digits"] { _ = FileManager.default.createFile(atPath: folder + name, contents: nil) }
    let expected = [
      ("x", "x"), ("x:y", "x:y"), ("x:z", "x KEY z"), ("x:y:z", "x:y KEY z"), ("x:", "x KEY "), ("x:z:y", "x KEY z:y"),
      ("nowhere", "nowhere"), ("nowhere:z", "nowhere:z"), ("digits:100", "digits KEY 100"),
      ("x[1:2]", "x PART [1:2]"), ("x:z[1:]", "x KEY z PART [1:]"), ("x:[:-1]", "x KEY  PART [:-1]"), ("x[1]", "x[1]"),
      ("x[1:2:3]", "x[1:2:3]"), ("x[a:]", "x[a:]"), ("x:z[0:1][2:3]", "x KEY z[0:1] PART [2:3]"),
    ]
    for (argument, meant) in expected { #expect(meaning(argument, in: String(folder)) == meant) }
  }

  @Test func generatorsAndStandardInputNeedNoFile() {
    #expect(meaning("digits:100", in: "") == "DRAWN digits")
    #expect(meaning("moons:100:2", in: "") == "DRAWN moons")
    #expect(meaning("moons:100:2[5:]", in: "") == "DRAWN moons PART [5:]")
    #expect(meaning("-[:5]", in: "") == "- PART [:5]")
    #expect(meaning("-", in: "") == "-")
    #expect(meaning("-:key", in: "") == "- KEY key")
    #expect(meaning(":key", in: "") == ":key")
  }

  @Test func formatsOfOneArrayRefuseAKey() throws {
    let table = try temporaryFile("x.csv", Array("1\n2\n".utf8))
    let message = "CSV files hold one array and take no key: leave ':a' out"
    #expect(complaint(table + ":a").hasSuffix(message))
    #expect(throws: FileError(.malformed, table, message)) { try SampleStream.open(table + ":a", memory: 1) }
    #expect(throws: FileError(.malformed, table, message)) { try Dataset.open(table, labels: table + ":a") }
    #expect(try Dataset.open(table, labels: table).labels == [1, 2])
    #expect(
      throws: FileError(.malformed, "digits:2", "labels are read, not drawn; expected the name of a file")
    ) { try Dataset.open(table, labels: "digits:2") }
  }
}
