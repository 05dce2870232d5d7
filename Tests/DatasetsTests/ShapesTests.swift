import Datasets
import Testing

@Suite struct ShapesTests {
  @Test func samplesDoNotDependOnTheirNumber() {
    let (few, many) = (Shapes.generate(count: 5, seed: 3), Shapes.generate(count: 40, seed: 3))
    #expect(many.subset(0..<5).matrix.values == few.matrix.values)
    #expect(few.labels == many.labels.map { Array($0.prefix(5)) })
    #expect(few.matrix.values != Shapes.generate(count: 5, seed: 4).matrix.values)
  }

  /// Each shape has ink, leaves the corners free, and no kind is missing or rare.
  @Test func everyKindIsDrawnWithinTheImage() {
    let shapes = Shapes.generate(count: 400)
    for kind in 0..<4 { #expect(shapes.labels!.count { $0 == kind } > 60) }
    for sample in 0..<shapes.count {
      let pixels = shapes.subset(sample..<sample + 1).matrix.values
      #expect(pixels.count { $0 > 0.4 } > 12, "sample \(sample), kind \(shapes.labels![sample])")
      #expect([0, 27, 756, 783].allSatisfy { pixels[$0] == 0 }, "sample \(sample)")
    }
  }
}
