import Autoencoders
import Datasets
import Figures
import Foundation
import Testing

/// What pictures show: how many samples, in which order, with what beside them.
@Suite struct PictureTests {
  private func picture(_ aetool: Program, _ name: String) throws -> ImageShape {
    try PNG.decode([UInt8](try aetool.contents(name))).shape
  }

  @Test func countCountsInEveryFormat() throws {
    let aetool = try Program()
    _ = try aetool.trainSmall()
    let model = ["--model", "m.safetensors"]
    _ = try aetool.run(Program.path, ["encode"] + model + ["--data", "digits:30:2", "--out", "k.npy"])
    _ = try aetool.run(Program.path, ["compress"] + model + ["--data", "digits:30:2", "--out", "k.aez"])
    for (command, data) in [("reconstruct", "digits:30:2"), ("decode", "k.npy"), ("decompress", "k.aez")] {
      for (out, count, expected) in [("x.npy", "7", 7), ("x.csv", "7", 7), ("x.npy", nil, 30), ("x.npy", "99", 30)] {
        let words = [command] + model + ["--data", data, "--out", out] + (count.map { ["--count", $0] } ?? [])
        let result = try aetool.run(Program.path, words)
        #expect(result.status == 0, "\(words): \(result.errors)")
        #expect(try Dataset.open(aetool.path(out)).count == expected, "\(words)")
      }
      // Three images of 56 pixels and a gap of 2 lie in a row.
      let words = [command] + model + ["--data", data, "--out", "x.png", "--count", "3"]
      #expect(try aetool.run(Program.path, words).status == 0)
      let labels = try picture(aetool, "x.png").width - (3 * 58 + 2)
      #expect(command == "reconstruct" ? labels > 0 : labels == 0)
    }
    let many = try aetool(
      "reconstruct", "--model", "m.safetensors", "--data", "digits:9", "--out", "x.png", "--count", "10001")
    #expect(many.status == 64 && many.errors.contains("a picture has at most 10000 samples"))
  }

  @Test func decompressDrawsOriginalsOverWhatCameBack() throws {
    let aetool = try Program()
    _ = try aetool.trainSmall()
    let model = ["--model", "m.safetensors"]
    _ = try aetool.run(Program.path, ["compress"] + model + ["--data", "digits:30:2", "--out", "k.aez"])
    let words = ["decompress"] + model + ["--data", "k.aez", "--samples", "10..<14", "--originals"]
    let drawn = try aetool.run(Program.path, words + ["digits:30:2", "--out", "x.png"])
    #expect(drawn.status == 0, "\(drawn.errors)")
    let (pixels, shape) = try PNG.decode([UInt8](try aetool.contents("x.png")))
    #expect(shape.height == 2 * 58 + 2)
    // The first picture is sample 10, each of whose pixels takes two of the picture.
    let original = try Dataset.open("digits:30:2")
    guard case .bytes(let bytes) = original.storage else { throw CocoaError(.featureUnsupported) }
    let left = shape.width - (4 * 58 + 2) + 2
    for y in 0..<28 {
      for x in 0..<28 {
        #expect(pixels[(2 + 2 * y) * shape.width + left + 2 * x] == bytes[10 * 784 + y * 28 + x])
      }
    }
    for (more, text) in [
      (["digits:12:2", "--out", "x.png"], "expected at least 14 of shape [28, 28]"),
      (["spiral:30", "--out", "x.png"], "expected at least 14 of shape [28, 28]"),
      (["digits:30:2", "--out", "x.npy"], "--originals: is for pictures"),
    ] {
      let refused = try aetool.run(Program.path, words + more)
      #expect([64, 65].contains(refused.status) && refused.errors.contains(text), "\(refused.errors)")
    }
  }

  @Test func filtersComeByUse() throws {
    let aetool = try Program()
    // In the given weights unit 1 is the strongest and unit 2 has none.
    _ = try aetool(
      "train", "--data", "digits:60:1", "--encoder", "dense:4:relu", "--decoder", "dense", "--epochs", "1", "--seed",
      "3", "--model", "m.safetensors")
    let weights =
      [Float](repeating: 0.1, count: 784) + [Float](repeating: 0.2, count: 784)
      + [Float](repeating: 0, count: 784) + [Float](repeating: 0.15, count: 784)
    var model = try Model.load(aetool.path("m.safetensors"))
    model.parameters.replaceSubrange(0..<weights.count, with: weights)
    try model.save(to: aetool.path("m.safetensors"))
    func order(_ more: String...) throws -> [Float] {
      let result = try aetool.run(
        Program.path, ["filters", "--model", "m.safetensors", "--out", "f.npy"] + more)
      #expect(result.status == 0, "\(result.errors)")
      let data = try Dataset.open(aetool.path("f.npy"))
      guard case .numbers(let values) = data.storage else { throw CocoaError(.featureUnsupported) }
      return stride(from: 0, to: values.count, by: 784).map { values[$0] }
    }
    #expect(try order() == [0.1, 0.2, 0, 0.15])
    #expect(try order("--sort", "use") == [0.2, 0.15, 0.1])
    #expect(try order("--sort", "use", "--count", "2") == [0.2, 0.15])
    #expect(try order("--sort", "use", "--data", "digits:50:2") == [0.2, 0.15, 0.1])
    let drawn = try aetool("filters", "--model", "m.safetensors", "--out", "f.png")
    #expect(drawn.errors == "f.png: 3 units of layer 1, weights, the most used first; 1 without use are left out\n")
  }

  @Test func kernelsAreEnlarged() throws {
    let aetool = try Program()
    _ = try aetool(
      "train", "--data", "digits:60:1", "--variant", "conv", "--channels", "4,4", "--epochs", "1", "--model",
      "m.safetensors")
    #expect(try aetool("filters", "--model", "m.safetensors", "--out", "f.png").status == 0)
    // Four kernels of 3 × 3 are 48 pixels wide each, 8 apart.
    #expect(try picture(aetool, "f.png") == ImageShape(height: 48 + 16, width: 4 * 56 + 8, channels: 1))
  }

  @Test func aScatterOfALargeCodeShowsItsPrincipalComponents() throws {
    let aetool = try Program()
    _ = try aetool.trainSmall()
    func scatter(_ more: String...) throws -> String {
      let result = try aetool.run(
        Program.path,
        ["latent-scatter", "--model", "m.safetensors", "--data", "digits:100:2", "--out", "s.svg"] + more)
      #expect(result.status == 0, "\(result.errors)")
      return String(decoding: try aetool.contents("s.svg"), as: UTF8.self)
    }
    let labels = try scatter().matches(of: /(first|second) principal component \((\d+) % of the variance\)/)
    #expect(labels.map(\.output.1) == ["first", "second"])
    #expect(Int(labels[0].output.2)! >= Int(labels[1].output.2)!)
    #expect(try scatter("--dimensions", "2,1").contains(">dimension 2<"))
  }

  /// A loss that falls from 10²⁰ to 1 is drawn over powers of ten; one that halves is not.
  @Test func curvesOverManyDecadesAreLogarithmic() throws {
    let aetool = try Program()
    func ticks(_ losses: [Double], _ more: String...) throws -> String {
      let lines = losses.enumerated().map { "{\"epoch\":\($0 + 1),\"train_loss\":\($1)}\n" }
      try Data(lines.joined().utf8).write(to: aetool.folder.appendingPathComponent("l.jsonl"))
      let result = try aetool.run(Program.path, ["curves", "--logs", "l.jsonl", "--out", "c.svg"] + more)
      #expect(result.status == 0, "\(result.errors)")
      return String(decoding: try aetool.contents("c.svg"), as: UTF8.self)
    }
    #expect(try ticks([1e20, 1e10, 1]).contains(">1e10<"))
    #expect(try !ticks([1e20, 1e10, 1], "--scale", "linear").contains(">1e10<"))
    #expect(try ticks([4, 2]).contains(">3.0<") || ticks([4, 2]).contains(">3<"))
  }
}
