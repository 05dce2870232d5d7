import Files
import Foundation
import Testing

@testable import Datasets

@Suite struct SamplePartTests {
  /// A file of five samples 0 … 4 in each format, of which the parts are the same.
  @Test func everyFormatHasParts() throws {
    let numbers: [Float] = [0, 1, 2, 3, 4]
    var npy = NPY.header(shape: [5])
    appendLittleEndian(numbers, to: &npy)
    let files = [
      try temporaryFile("x.npy", npy), try temporaryFile("x.npy.gz", gzipped(npy)),
      try temporaryFile("x.csv", Array("0\n1\n2\n3\n4\n".utf8)),
    ]
    for file in files {
      for (part, expected) in [
        ("[1:3]", [1, 2]), ("[:2]", [0, 1]), ("[3:]", [3, 4]), ("[-2:]", [3, 4]), ("[:]", [0, 1, 2, 3, 4]),
        ("[-4:-3]", [1]), ("[4:5]", [4]),
      ] as [(String, [Float])] {
        #expect(try values(Dataset.open(file + part)) == expected, "\(file)\(part)")
      }
      for part in ["[3:3]", "[4:2]", "[0:6]", "[-6:]", "[5:]", "[9223372036854775807:]", "[-9223372036854775808:]"] {
        #expect(
          complaint(file + part).hasSuffix(": the part \(part) does not lie within its 5 samples, or is empty"),
          "\(part)")
      }
    }
    let pixels = try temporaryFile("x", IDX.encoded([0, 51, 102, 153, 204, 255], dimensions: [3, 2]))
    #expect(try values(Dataset.open(pixels + "[1:2]")) == [0.4, 0.6])
    #expect(try values(Dataset.open("digits:9:3[2:5]")) == values(Dataset.open("digits:9:3").subset(2..<5)))
  }

  /// What lies behind the part is not read where the file is plain, but it must be there.
  @Test func thePartOfAFileThatIsCutOffIsRefused() throws {
    let bytes = IDX.encoded([0, 51, 102, 153, 204, 255], dimensions: [3, 2])
    let cut = try temporaryFile("x", bytes.dropLast())
    #expect(complaint(cut + "[0:1]").contains("the file is cut off"))
    let long = try temporaryFile("x", bytes + [0])
    #expect(complaint(long + "[0:1]").contains("expected the end of the file"))
  }

  @Test func labelsFollowThePart() throws {
    let data = try temporaryFile("x.csv", Array("0\n1\n2\n3\n4\n".utf8))
    let labels = try temporaryFile("y.csv", Array("5\n6\n7\n8\n9\n".utf8))
    #expect(try Dataset.open(data + "[1:3]", labels: labels).labels == [6, 7])
    #expect(try Dataset.open(data + "[1:3]", labels: labels + "[3:5]").labels == [8, 9])
    #expect(throws: FileError.self) { try Dataset.open(data + "[1:3]", labels: labels + "[3:4]") }
  }

  @Test func aFileOfThatNameWins() throws {
    let file = try temporaryFile("x[0:1]", Array("7\n8\n".utf8))
    #expect(try values(Dataset.open(file)) == [7, 8])
    #expect(try values(Dataset.open(file + "[0:1]")) == [7])
  }
}
