import Files
import Foundation
import Linalg
import Synchronization
import Testing

@testable import Datasets

/// What is read of a text: the numbers row by row, or the error with FILE for the path; and the notes.
@Suite(.serialized) struct CSVTests {
  private func reading(_ bytes: [UInt8]) -> (result: String, notes: [String]) {
    let notes = Mutex<[String]>([])
    ReadingNotes.deliver { note in notes.withLock { $0.append(note) } }
    defer { ReadingNotes.deliver(to: nil) }
    do {
      let data = try CSV.read(ByteSource(bytes, path: "FILE"))
      let numbers = values(data)
      let width = data.featureCount
      let rows = (0..<data.count).map { row in
        numbers[row * width..<(row + 1) * width].map { "\($0)" }.joined(separator: " ")
      }
      return (rows.joined(separator: " | "), notes.withLock { $0 }.filter { $0.hasPrefix("FILE") })
    } catch { return (error.description, notes.withLock { $0 }.filter { $0.hasPrefix("FILE") }) }
  }
  private func reading(_ text: String) -> (result: String, notes: [String]) { reading(Array(text.utf8)) }

  @Test func aMarkInFrontOfTheTextIsNoPartOfTheFirstNumber() {
    #expect(reading("\u{FEFF}1\n2\n3\n") == ("1.0 | 2.0 | 3.0", []))
    #expect(reading("\u{FEFF}a,b\n1,2\n") == ("1.0 2.0", ["FILE: line 1 is taken as a header: a, b"]))
  }

  @Test func aHeaderIsTakenOnlyWhereANameIsInIt() {
    #expect(reading("x,\"y, in m\",\n1,2,3\n").notes == ["FILE: line 1 is taken as a header: x, y, in m, "])
    #expect(reading("width,1st\n1,2\n").result == "1.0 2.0")
    // Each field is a number with a typo, not a name.
    #expect(
      reading("1.2.3,4x\n1,2\n").result == "FILE, byte 0: line 1, column 1: expected a number, found '1.2.3'")
    #expect(reading("NA,\n1,2\n").result == "FILE, byte 0: line 1, column 1: expected a number, found 'NA'")
    #expect(reading("a,1\n1,2\n").result == "FILE, byte 0: line 1, column 1: expected a number, found 'a'")
    #expect(reading("a,b\nc,d\n1,2\n").result == "FILE, byte 4: line 2, column 1: expected a number, found 'c'")
    #expect(
      reading("a,b,c\n1,2\n").result
        == "FILE, byte 0: line 1, the header, has 3 fields; expected 2, as the row below has")
    #expect(reading("# made by hand\n1,2\n").result == "1.0 2.0")
    #expect(reading("a,b\n").result == "FILE, byte 0: the file holds zero samples")
  }

  @Test func aLastLineWithoutItsEndIsReported() {
    #expect(reading("1,2\n3,4\n").notes == [])
    #expect(
      reading("1,2\n3,4") == (
        "1.0 2.0 | 3.0 4.0", ["FILE: the last line has no end, so its last number, 4.0, may be cut off"]
      ))
    #expect(reading("1,2\n3,").result == "FILE, byte 6: line 2, column 2: expected a number, found ''")
    #expect(reading("1,2\n3").result == "FILE, byte 4: line 2 has 1 field; expected 2, as before")
  }

  @Test func quotationMarksAreThoseOfRFC4180() {
    #expect(reading("\"1\",\"2\"\r\n\"3\",4\r\n").result == "1.0 2.0 | 3.0 4.0")
    #expect(reading("\"a \"\"b\"\"\nc\",d\n1,2\n").result == "1.0 2.0")
    #expect(
      reading("\"1,5\"\n\"2,5\"\n").result
        == "FILE, byte 1: line 1, column 1: expected a number, found '1,5'; write a decimal point instead of the comma")
    #expect(reading("1,\"2\n").result == "FILE, byte 2: line 1: a quotation mark that is not closed")
    #expect(
      reading("\"1\"2,3\n").result == "FILE, byte 3: line 1: text behind a closing quotation mark; expected a comma")
    #expect(
      reading("1,5;2,5\n").result
        == "FILE, byte 2: line 1, column 2: expected a number, found '5;2'; separate fields by commas, not by ';'")
  }

  @Test func aBlankLineInAColumnIsAMissingNumber() {
    #expect(reading("\n1\n2\n\n \n").result == "1.0 | 2.0")
    #expect(reading("1\n\n3\n").result == "FILE, byte 3: line 2 is empty; expected a number, as in the other lines")
    #expect(reading("1,2\n\n3,4\n").result == "1.0 2.0 | 3.0 4.0")
  }

  @Test func rowsHaveALimit() {
    let row = String(repeating: "0,", count: 1 << 23)
    #expect(reading(row + "0\n").result == "FILE, byte 16777216: line 1 has more than 8388608 fields")
  }

  @Test func numbersThatAreNotFiniteAreRefused() {
    #expect(reading("1,2\n3,nan\n").result == "FILE, byte 6: line 2, column 2 is nan; expected finite numbers")
    #expect(reading("1e39\n").result == "FILE, byte 0: line 1, column 1 is inf; expected finite numbers")
  }

  /// Blocks of the reader are 2²⁰ bytes, which fields, quoted ones and ends of lines lie across.
  @Test func whatLiesAcrossBlocksIsReadWhole() {
    for shift in 0..<18 {
      let row = "1.25,\"2.5\" ,-3e2\r\n"
      let text = String(repeating: " ", count: shift) + String(repeating: row, count: 70_000)
      let data = try? CSV.read(ByteSource(Array(text.utf8), path: "FILE"))
      #expect(data?.count == 70_000 && data?.featureCount == 3)
      guard let data, case .numbers(let numbers) = data.storage else { continue }
      #expect(numbers.indices.allSatisfy { numbers[$0] == [1.25, 2.5, -300][$0 % 3] })
    }
    let endless = "\"" + String(repeating: "x", count: 3 << 20)
    #expect(reading(endless).result == "FILE, byte 0: line 1: a field of more than 65536 bytes")
  }

  /// The standard library's conversion is correctly rounded; ours must be the same bits.
  @Test func numbersAreTheNearestFloats() {
    let decimals = DecimalReader()
    var state: UInt64 = 1
    func draw() -> UInt32 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt32(truncatingIfNeeded: state >> 32)
    }
    var texts = [
      "0", "-0", "+1", "1.", ".5", ".", "-", "", "1e", "1e5", "1E+5", "1e-5", "16777217", "16777219", "1e22", "1e23",
      "1e-22", "1e-46", "1e40", "9007199254740993", "8589934592.5e-3", "0x1p3", "1_0", "١", "1e99999", "0.1.2", "00012",
      "1.00000005960464477539062500", "3.4028236e38", "340282356779733661637539395458142568447",
    ]
    for _ in 0..<10_000 {
      let number = Float(bitPattern: draw())
      texts.append("\(number)")
      texts.append("\(Double(number) * 1.000000029802322)")
      texts.append("\(draw() % 100_000)e\(Int(draw() % 60) - 30)")
    }
    for text in texts {
      let bytes = Array(text.utf8)
      let (ours, theirs) = (decimals.number(bytes, 0..<bytes.count), Float(text))
      #expect(ours?.bitPattern == theirs?.bitPattern || (ours?.isNaN == true && theirs?.isNaN == true), "\(text)")
    }
  }

  @Test func tablesWithAndWithoutHeader() throws {
    for text in ["1,2.5\n-3e2,4\n", "a,b\r\n1, 2.5\r\n-300,\"4\"", "1,2.5\n\n-300,4"] {
      let data = try Dataset.open(try temporaryFile("x.csv", Array(text.utf8)))
      #expect(data.count == 2 && data.shape == [2] && values(data) == [1, 2.5, -300, 4])
    }
  }

  @Test func whatIsWrittenReadsBack() throws {
    let matrix = Matrix<Float>(rows: 2, columns: 2, values: [0.1, -1e-20, 3, 16_777_216])
    let path = try temporaryFile("x.csv", [])
    let writer = try CSVWriter(path)
    try writer.append(matrix)
    try writer.commit()
    #expect(values(try Dataset.open(path)) == matrix.values)
  }

  @Test func malformedTablesAreNamed() throws {
    func said(_ text: String) throws -> String { try complaint("x.csv", Array(text.utf8)) }
    #expect(try said("1,2\n3\n") == "FILE, byte 4: line 2 has 1 field; expected 2, as before")
    #expect(try said("a,b\n1,x\n") == "FILE, byte 6: line 2, column 2: expected a number, found 'x'")
    #expect(try said("1,nan\n") == "FILE, byte 2: line 1, column 2 is nan; expected finite numbers")
    #expect(try said("a,b\n") == "FILE, byte 0: the file holds zero samples")
  }
}
