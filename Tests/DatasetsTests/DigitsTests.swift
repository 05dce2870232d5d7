import Datasets
import Testing

@Suite struct DigitsTests {
  static func bytes(_ data: Dataset) -> [UInt8] {
    guard case .bytes(let bytes) = data.storage else { return [] }
    return bytes
  }

  /// The FNV-1a hash of the pixels of digits:100:1 is the same on every machine. The number is what this generator gave
  /// when it was made; changing it would change everybody's data.
  @Test func theSameBytesEverywhere() throws {
    let data = try Dataset.open("digits:100:1")
    let hash = Self.bytes(data).reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    #expect(hash == 3_274_193_483_843_292_945)
  }

  @Test func aSampleDoesNotDependOnHowManyThereAre() {
    let few = Digits.generate(count: 10, seed: 5)
    let many = Digits.generate(count: 1200, seed: 5)
    #expect(Self.bytes(many).starts(with: Self.bytes(few)))
    #expect(many.labels!.starts(with: few.labels!))
    #expect(many.subset(0..<10).factors == few.factors)
    #expect(Self.bytes(Digits.generate(count: 10, seed: 6)) != Self.bytes(few))
  }

  @Test func theyLookLikeMNISTInNumbers() {
    let data = Digits.generate(count: 5000)
    #expect(data.shape == [28, 28] && data.isPixels)
    #expect(abs(data.mean - 0.13) < 0.03)
    for digit in 0..<10 {
      let count = data.labels!.filter { $0 == digit }.count
      #expect((400...600).contains(count), "\(count) of \(digit)")
    }
    // The rim of the picture stays dark, so no digit is cut off.
    let pixels = Self.bytes(data)
    var atTheEdge = 0
    for sample in 0..<5000 {
      for k in 0..<28 {
        for place in [k, 27 * 28 + k, 28 * k, 28 * k + 27] where pixels[sample * 784 + place] > 100 { atTheEdge += 1 }
      }
    }
    #expect(atTheEdge < 20, "\(atTheEdge)")
    // Every picture has ink, but none is a blot.
    for sample in 0..<5000 {
      let ink = pixels[sample * 784..<(sample + 1) * 784].reduce(0) { $0 + Int($1) }
      #expect((4_000...75_000).contains(ink), "sample \(sample): \(ink)")
    }
  }

  @Test func factorsComeAlong() throws {
    let data = Digits.generate(count: 50, seed: 2)
    let factors = try #require(data.factors)
    #expect(factors.rows == 50 && factors.columns == data.factorNames.count && data.factorNames[0] == "digit")
    for sample in 0..<50 { #expect(Int32(factors[sample, 0]) == data.labels![sample]) }
  }

  @Test(arguments: ["digits:", "digits:0", "digits:x", "digits:5:-1", "digits:5:1:2", "digits:99999999999"])
  func wrongWordsAreNamed(argument: String) {
    #expect(complaint(argument).contains(", SEED a whole number; as in"))
  }
}
