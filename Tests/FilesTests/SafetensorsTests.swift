import Files
import Testing

@Suite struct SafetensorsTests {
  private func file(_ header: String, data: Int) -> [UInt8] {
    let text = Array(header.utf8)
    return (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) } + text + [UInt8](repeating: 0, count: data)
  }

  private func complaint(_ header: String, data: Int) -> String {
    do {
      _ = try Safetensors(file(header, data: data), path: "F")
      return "accepted"
    } catch { return error.description }
  }

  private func tensor(_ name: String, _ shape: String, _ offsets: String) -> String {
    "\"\(name)\": {\"dtype\": \"F32\", \"shape\": \(shape), \"data_offsets\": \(offsets)}"
  }

  @Test func whatIsWrittenIsRead() throws {
    let tensors = [
      Safetensors.Tensor(name: "b", shape: [2, 1], values: [1, -2]),
      Safetensors.Tensor(name: "a", shape: [], values: [3]),
      Safetensors.Tensor(name: "empty \"é\\", shape: [0, 5], values: []),
    ]
    let written = try Safetensors(metadata: ["k/\n\u{1}": "😀\"\\"], tensors: tensors).encoded()
    let read = try Safetensors(written, path: "F")
    #expect(read.metadata == ["k/\n\u{1}": "😀\"\\"])
    #expect(Set(read.tensors.map(\.name)) == Set(tensors.map(\.name)))
    #expect(try read.encoded() == written)
  }

  @Test func placesThatNoFileHasAreRefused() {
    let one = tensor("a", "[1]", "[0, 4]")
    for second in [
      tensor("b", "[1]", "[4, -9223372036854775808]"), tensor("b", "[1]", "[0, 4]"), tensor("b", "[1]", "[8, 12]"),
      tensor("b", "[1]", "[4, 9223372036854775807]"), tensor("b", "[2305843009213693951]", "[4, 9223372036854775807]"),
      tensor("b", "[1]", "[-9223372036854775808, 9223372036854775807]"),
      tensor("b", "[1152921504606846975]", "[4, 4611686018427387904]"),
    ] {
      let found = complaint("{\(one), \(second)}", data: 12)
      #expect(
        found.contains("does not fit") || found.contains("no file can hold") || found.contains("cut off"), "\(found)")
    }
    #expect(
      complaint("{" + tensor("a", "[9223372036854775807, 2]", "[0, 4]") + "}", data: 4).contains("no file can hold"))
    #expect(complaint("{" + tensor("a", "[-1]", "[0, 4]") + "}", data: 4).contains("no file can hold"))
    #expect(complaint("{" + tensor("a", "[1e3]", "[0, 4]") + "}", data: 4).contains("expected an integer"))
    #expect(complaint("{" + tensor("a", "[1]", "[0, 4, 8]") + "}", data: 4).contains("more than two offsets"))
  }

  @Test func doubledKeysAreRefused() {
    let one = tensor("a", "[1]", "[0, 4]")
    #expect(complaint("{\(one), \(one)}", data: 4).contains("the key 'a' is there twice"))
    #expect(
      complaint("{\"__metadata__\": {\"k\": \"1\", \"k\": \"2\"}}", data: 0).contains("the key 'k' is there twice"))
    #expect(
      complaint("{\"a\": {\"dtype\": \"F32\", \"dtype\": \"F32\", \"shape\": [1], \"data_offsets\": [0, 4]}}", data: 4)
        .contains("the key 'dtype' is there twice"))
  }

  @Test func aHeaderOfEndlessTensorsIsRefused() {
    let many = (0...100_000).map { tensor("\($0)", "[0]", "[0, 0]") }.joined(separator: ",")
    #expect(complaint("{\(many)}", data: 0).hasSuffix("expected at most 100000 tensors, found more"))
  }
}
