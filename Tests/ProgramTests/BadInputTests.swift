import Foundation
import Testing

/// What files of others can do to the program: nothing is lost without a word, nothing steers the terminal, and what
/// claims to be large takes neither time nor memory.
@Suite struct BadInputTests {
  private func file(_ name: String, _ text: String, in program: Program) throws {
    try Data(text.utf8).write(to: program.folder.appendingPathComponent(name))
  }

  private func shell(_ program: Program, _ command: String) throws -> Program.Result {
    try program.run("/bin/sh", ["-c", command.replacingOccurrences(of: "aetool", with: Program.path)])
  }

  @Test func tablesSayWhatWasTakenForGranted() throws {
    let aetool = try Program()
    try file("mark.csv", "\u{FEFF}1\n2\n3\n", in: aetool)
    let mark = try aetool("info", "mark.csv", "--json")
    #expect(try json(mark)["samples"] as? Int == 3 && mark.errors.isEmpty)
    try file("header.csv", "a,b\n1,2\n3,4", in: aetool)
    let header = try aetool("info", "header.csv")
    #expect(
      header.errors == """
        note: header.csv: line 1 is taken as a header: a, b
        note: header.csv: the last line has no end, so its last number, 4.0, may be cut off

        """)
    try file("comma.csv", "\"1,5\"\n\"2,5\"\n", in: aetool)
    let comma = try aetool("info", "comma.csv")
    #expect(comma.status == 65 && comma.errors.contains("write a decimal point instead of the comma"))
  }

  @Test func aPartOfTheSamplesIsTaken() throws {
    let aetool = try Program()
    try file("x.csv", "1,2\n3,4\n5,6\n", in: aetool)
    #expect(try json(aetool("info", "x.csv[1:3]", "--json"))["samples"] as? Int == 2)
    #expect(try json(aetool("info", "digits:50:1[-5:]", "--json"))["samples"] as? Int == 5)
    let beyond = try aetool("info", "x.csv[1:4]")
    #expect(beyond.status == 65)
    #expect(beyond.errors == "error: x.csv: the part [1:4] does not lie within its 3 samples, or is empty\n")
  }

  /// A header as a file may bring it: names that hold escape sequences and ends of lines.
  @Test func namesFromFilesDoNotSteerTheTerminal() throws {
    let aetool = try Program()
    try file("x.csv", "columns,\u{1B}]0;title\u{7}\n1,2\n3,\u{1B}[31m\n", in: aetool)
    let table = try aetool("info", "x.csv")
    #expect(table.status == 65 && table.errors.split(separator: "\n").count == 2)
    let header = #"{"\u001b[31mevil\nerror: ok": {"dtype": "F32", "shape": [1], "data_offsets": [4, 8]}}"#
    let length = (0..<8).map { UInt8(truncatingIfNeeded: header.utf8.count >> (8 * $0)) }
    try Data(length + Array(header.utf8)).write(to: aetool.folder.appendingPathComponent("m"))
    let tensor = try aetool("info", "m")
    #expect(tensor.status == 65 && tensor.errors.split(separator: "\n").count == 1)
    for result in [table, tensor] {
      #expect(!(result.errors + result.output).unicodeScalars.contains { $0 == "\u{1B}" || $0 == "\u{7}" })
    }
    _ = try aetool.trainSmall()
    var model = try aetool.contents("m.safetensors")
    let name = Data("deep".utf8)
    let place = try #require(model.range(of: Data(#"\"name\":\"deep\""#.utf8)))
    let inner = try #require(model.range(of: name, in: place))
    // Four characters of the recipe's name become an escape of JSON within the JSON, and the header grows by that.
    model.replaceSubrange(inner, with: Data(#"\\u001b[2J"#.utf8))
    let grown = Int(model[0]) + Int(model[1]) << 8 + Int(model[2]) << 16 + 6
    for byte in 0..<3 { model[byte] = UInt8(truncatingIfNeeded: grown >> (8 * byte)) }
    try model.write(to: aetool.folder.appendingPathComponent("evil"))
    for arguments in [["info", "evil"], ["info", "evil", "--json"]] {
      let result = try aetool.run(Program.path, arguments)
      #expect(!(result.errors + result.output).unicodeScalars.contains("\u{1B}"), "\(result.errors)")
    }
  }

  @Test func whatIsLargerThanTheLimitEndsInStatus71() throws {
    let aetool = try Program()
    // 300 MB of numbers in a file of a third of a megabyte.
    let made = try shell(aetool, "yes 1,2,3,4,5,6,7,8 | head -c 300000000 | gzip -1 > x.csv.gz; echo 1 > y.csv")
    #expect(made.status == 0)
    let refused = try aetool("info", "x.csv.gz", "--max-memory", "50M")
    #expect(refused.status == 71 && refused.errors.split(separator: "\n").count == 1, "\(refused.errors)")
    #expect(refused.errors.contains("raise the limit (--max-memory)"))
    #expect(try aetool("info", "y.csv", "--max-memory", "0").status == 64)
  }

  /// Nothing is reserved for what a small compressed file could hold at most.
  @Test func gzippedFilesAreReadUnderALimitOfAddressSpace() throws {
    let aetool = try Program()
    _ = try aetool.trainSmall()
    let result = try shell(
      aetool,
      "yes 1,2 | head -n 100000 | gzip > x.csv.gz; gzip -c m.safetensors > m.gz; ulimit -v 3000000; "
        + "OPENBLAS_NUM_THREADS=1 aetool info x.csv.gz && OPENBLAS_NUM_THREADS=1 aetool info m.gz")
    #expect(result.status == 0 && result.output.contains("100,000"), "\(result.errors)")
  }

  /// A model's header says how many bytes follow; what is not a model is not unzipped to its end.
  @Test func aFileThatUnzipsWithoutEndIsNoModel() throws {
    let aetool = try Program()
    let made = try shell(
      aetool, #"{ printf '\002\0\0\0\0\0\0\0{}'; head -c 300000000 /dev/zero; } | gzip -1 > m.gz"#)
    #expect(made.status == 0)
    let result = try aetool("decode", "--model", "m.gz", "--data", "digits:1", "--out", "o.npy", "--max-memory", "50M")
    #expect(result.status == 65)
    #expect(result.errors == "error: m.gz, byte 10: expected the end of the file, found more bytes\n")
  }
}
