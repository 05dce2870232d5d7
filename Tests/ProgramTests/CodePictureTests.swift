import Datasets
import Foundation
import Linalg
import Testing

/// The commands that draw over the code of a model: traverse, interpolate, latent-grid and latent-scatter.
@Suite struct CodePictureTests {
  /// Trains a variational model with a code of `latent` numbers on drawn digits, and returns the program in its folder.
  private func program(latent: Int) throws -> Program {
    let aetool = try Program()
    let trained = try aetool(
      "train", "--data", "digits:300:1", "--variant", "vae", "--latent", "\(latent)", "--epochs", "2", "--model",
      "m.safetensors")
    #expect(trained.status == 0, "\(trained.errors)")
    return aetool
  }

  private func rows(_ aetool: Program, _ name: String) throws -> Matrix<Float> {
    let data = try Dataset.open(aetool.path(name))
    guard case .numbers(let values) = data.storage else { throw CocoaError(.featureUnsupported) }
    return Matrix(rows: data.count, columns: data.featureCount, values: values)
  }

  private func distance(_ a: Matrix<Float>, _ b: Matrix<Float>) -> Float {
    zip(a.values, b.values).reduce(0) { max($0, abs($1.0 - $1.1)) }
  }

  /// Returns the numbers that the model decodes `codes` to.
  private func decoded(_ aetool: Program, _ codes: [[Float]]) throws -> Matrix<Float> {
    let text = codes.map { $0.map { "\($0)" }.joined(separator: ",") }.joined(separator: "\n") + "\n"
    let result = try aetool(
      "decode", "--model", "m.safetensors", "--data", "-", "--out", "decoded.npy", input: Data(text.utf8))
    #expect(result.status == 0, "\(result.errors)")
    return try rows(aetool, "decoded.npy")
  }

  @Test func aTraversalMovesOneDimensionARow() throws {
    let aetool = try program(latent: 4)
    let result = try aetool(
      "traverse", "--model", "m.safetensors", "--dimensions", "3,1", "--size", "5", "--out", "t.png")
    #expect(result.status == 0, "\(result.errors)")
    let images = try rows(aetool, "t.npy")
    #expect(images.rows == 10)
    // The steps are the quantiles 0.1 to 0.9 of the normal distribution; the middle of each row is the prior's mean.
    let expected = try decoded(
      aetool, [[0, 0, -1.281552, 0], [0, 0, 0, 0], [0, 0, 1.281552, 0], [-1.281552, 0, 0, 0], [0.524401, 0, 0, 0]])
    for (place, row) in zip([0, 2, 4, 5, 8], 0...) {
      #expect(distance(images.rows(place..<place + 1), expected.rows(row..<row + 1)) < 1e-5, "\(place)")
    }
    #expect(distance(images.rows(0..<1), images.rows(2..<3)) > 0.01)
    let axes = try rows(aetool, "t.csv")
    #expect(axes.rows == 5 && axes.columns == 2 && axes[0, 1] == axes[0, 0] && abs(axes[4, 0] - 1.281552) < 1e-5)
  }

  /// With --sample, the middle of a row of odd length from −r to r is the sample's code with 0 in the row's dimension.
  @Test func aSamplesCodeIsTheCentre() throws {
    let aetool = try program(latent: 3)
    let data = ["--model", "m.safetensors", "--data", "digits:9:2"]
    _ = try aetool.run(Program.path, ["encode"] + data + ["--out", "c.npy"])
    let code = try rows(aetool, "c.npy").rows(3..<4).values
    let around = data + ["--sample", "4", "--range", "2", "--size", "3"]
    #expect(try aetool.run(Program.path, ["traverse"] + around + ["--out", "t.png"]).status == 0)
    #expect(
      try aetool.run(Program.path, ["latent-grid"] + around + ["--dimensions", "1,3", "--out", "g.png"]).status == 0)
    let expected = try decoded(aetool, [[code[0], 0, code[2]], [2, code[1], 2], [-2, code[1], 0]])
    #expect(distance(try rows(aetool, "t.npy").rows(4..<5), expected.rows(0..<1)) < 1e-5)
    // The grid's first axis goes to the right, its second up.
    let grid = try rows(aetool, "g.npy")
    #expect(distance(grid.rows(2..<3), expected.rows(1..<2)) < 1e-5)
    #expect(distance(grid.rows(3..<4), expected.rows(2..<3)) < 1e-5)
  }

  /// Without --sample, the other dimensions are the mean of the codes of --data. The codes also fix the axes of a model
  /// that is not variational.
  @Test func dataFixTheAxesOfOtherModels() throws {
    let aetool = try Program()
    _ = try aetool.trainSmall()
    let data = ["--model", "m.safetensors", "--data", "digits:21:2"]
    _ = try aetool.run(Program.path, ["encode"] + data + ["--out", "c.npy"])
    let codes = try rows(aetool, "c.npy")
    #expect(try aetool.run(Program.path, ["traverse"] + data + ["--size", "2", "--out", "t.png"]).status == 0)
    let axes = try rows(aetool, "t.csv")
    for j in 0..<8 {
      let sorted = (0..<21).map { codes[$0, j] }.sorted()
      // The 5th and the 95th percentile of 21 samples are the second and the last but one.
      #expect(abs(axes[0, j] - sorted[1]) < 1e-4 && abs(axes[1, j] - sorted[19]) < 1e-4)
    }
    var code = (0..<8).map { j in (0..<21).reduce(0) { $0 + codes[$1, j] } / 21 }
    code[7] = axes[1, 7]
    #expect(distance(try rows(aetool, "t.npy").rows(15..<16), try decoded(aetool, [code])) < 1e-4)
  }

  @Test(arguments: ["linear", "spherical"])
  func anInterpolationEndsAtTheReconstructions(path: String) throws {
    let aetool = try program(latent: 6)
    let data = ["--model", "m.safetensors", "--data", "digits:9:2"]
    let result = try aetool.run(
      Program.path,
      ["interpolate"] + data + ["--from", "1,5", "--to", "9,2", "--steps", "4", "--path", path, "--out", "i.png"])
    #expect(result.status == 0, "\(result.errors)")
    let images = try rows(aetool, "i.npy")
    #expect(images.rows == 2 * 4)
    _ = try aetool.run(Program.path, ["reconstruct"] + data + ["--out", "r.npy"])
    _ = try aetool.run(Program.path, ["encode"] + data + ["--out", "c.npy"])
    let (reconstructions, ends) = (try rows(aetool, "r.npy"), try rows(aetool, "c.npy"))
    let codes = try rows(aetool, "i.csv")
    for (place, sample) in [(0, 0), (3, 8), (4, 4), (7, 1)] {
      #expect(distance(images.rows(place..<place + 1), reconstructions.rows(sample..<sample + 1)) < 1e-5)
      #expect(distance(codes.rows(place..<place + 1), ends.rows(sample..<sample + 1)) < 1e-5)
    }
  }

  @Test func animationsGoForwardAndBack() throws {
    let aetool = try program(latent: 3)
    let data = ["--model", "m.safetensors", "--data", "digits:9:2"]
    let between = ["--from", "1,5", "--to", "9,2", "--path", "both", "--steps", "4", "--delay", "33", "--out", "i.gif"]
    #expect(try aetool.run(Program.path, ["interpolate"] + data + between).status == 0)
    #expect(try aetool.run(Program.path, ["traverse"] + data + ["--size", "5", "--out", "t.gif"]).status == 0)
    #expect(try aetool.files() == ["i.gif", "m.safetensors", "t.gif"])
    // 28 pixels are drawn as 56, with 2 between images. One animation has four rows of three images, the other one row.
    for (name, frames, height, delay) in [("i.gif", 2 * 4 - 2, 4 * 58 + 2, 33), ("t.gif", 2 * 5 - 2, 60, 10)] {
      let bytes = [UInt8](try aetool.contents(name))
      let size = [3 * 58 + 2, 0, height, 0].map { UInt8($0) }
      #expect(bytes.starts(with: Array("GIF89a".utf8) + size))
      // A frame is a graphic control extension with the image that follows it at (0, 0).
      let start: [UInt8] = [0x21, 0xF9, 4, 4, UInt8(delay), 0, 0, 0, 0x2C, 0, 0, 0, 0]
      #expect(bytes.indices.filter { bytes[$0...].starts(with: start) }.count == frames)
    }
  }

  @Test func aScatterHasAsManyPointsAsAskedFor() throws {
    let aetool = try program(latent: 3)
    func scatter(_ words: String...) throws -> String {
      let result = try aetool.run(
        Program.path, ["latent-scatter", "--model", "m.safetensors", "--out", "s.svg", "--data"] + words)
      #expect(result.status == 0, "\(result.errors)")
      return String(decoding: try aetool.contents("s.svg"), as: UTF8.self)
    }
    func points(_ svg: String) -> Int { svg.ranges(of: "r=\"1.6\"").count }
    let all = try scatter("digits:60:2", "--dimensions", "3,1")
    #expect(points(all) == 60 && all.ranges(of: "class=\"ring\"").count == 3)
    #expect(all.contains(">dimension 3<") && all.contains(">dimension 1<") && all.contains(">9</text>"))
    let some = try scatter("digits:60:2", "--points", "40", "--seed", "3")
    #expect(points(some) == 40 && some.contains("40 of 60 samples"))
    #expect(try some == scatter("digits:60:2", "--points", "40", "--seed", "3"))
    #expect(try some != scatter("digits:60:2", "--points", "40", "--seed", "4"))
    // The classes come from a file: 12 samples are of class 101, the other 48 of class -7.
    let labels = (0..<60).map { $0 < 12 ? "101\n" : "-7\n" }.joined()
    try Data(labels.utf8).write(to: aetool.folder.appendingPathComponent("l.csv"))
    let labelled = try scatter("digits:60:2", "--labels", "l.csv")
    let groups = labelled.components(separatedBy: "<g ").dropFirst()
    #expect(groups.map(points) == [48, 12] && labelled.contains("<title>101</title>"))
    // Data without classes have no legend, and a model without a prior has no circles.
    _ = try aetool("reconstruct", "--model", "m.safetensors", "--data", "digits:20:2", "--out", "r.npy")
    #expect(!(try scatter("r.npy").contains("rx=\"2\"")))
    _ = try aetool.trainSmall()
    #expect(try !scatter("digits:20:2").contains("class=\"ring\""))
  }

  @Test func wrongWordsAndDataAreNamed() throws {
    let aetool = try program(latent: 2)
    _ = try aetool("train", "--data", "moons:100", "--epochs", "1", "--latent", "2", "--model", "plane.safetensors")
    _ = try aetool("train", "--data", "digits:100", "--epochs", "1", "--latent", "2", "--model", "deep.safetensors")
    try Data("1\n2.5\n3\n".utf8).write(to: aetool.folder.appendingPathComponent("l.csv"))
    try Data("1\n2\n".utf8).write(to: aetool.folder.appendingPathComponent("two.csv"))
    let (image, digits) = (["--model", "m.safetensors"], ["--data", "digits:3:2"])
    let pair = ["interpolate"] + image + digits + ["--from", "1", "--to"]
    let scatter = ["latent-scatter"] + image + digits
    let refused: [([String], Int32, String)] = [
      (["traverse"] + image + ["--out", "x.svg"], 64, "in .gif for an animation"),
      (["traverse"] + image + ["--out", "x.png", "--delay", "5"], 64, "is for animations"),
      (["traverse"] + image + ["--out", "x.png", "--sample", "1"], 64, "of which --data?"),
      (
        ["traverse"] + image + digits + ["--out", "x.png", "--sample", "4"], 64, "--sample 4: digits:3:2 has 3 samples"
      ),
      (["traverse"] + image + ["--out", "x.png", "--dimensions", "3"], 64, "--dimensions 3: the model's code has 2"),
      (["traverse"] + image + ["--out", "x.png", "--dimensions", "1,1"], 64, "different numbers"),
      (["traverse", "--model", "plane.safetensors", "--range", "1", "--out", "x.png"], 64, "are no images"),
      (["traverse", "--model", "deep.safetensors", "--out", "x.png"], 64, "give --data or --range"),
      (["traverse", "--model", "deep.safetensors", "--data", "digits:1", "--out", "x.png"], 65, "at least 2"),
      (["latent-grid"] + image + digits + ["--sample", "4", "--out", "x.png"], 64, "has 3 samples"),
      (["latent-grid"] + image + ["--dimensions", "1,3", "--out", "x.png"], 64, "--dimensions 1,3: the model's code"),
      (pair + ["4", "--out", "x.png"], 64, "--to 4: digits:3:2 has 3 samples"),
      (pair + ["2,3", "--out", "x.png"], 64, "a pair needs one of each"),
      (pair + ["2", "--out", "x.npy"], 64, "in .gif for an animation"),
      (pair + ["2", "--path", "curved", "--out", "x.png"], 64, "--path curved: expected linear, spherical or both"),
      (scatter + ["--out", "x.png"], 64, "end in .svg"),
      (scatter + ["--dimensions", "2,3", "--out", "x.svg"], 64, "--dimensions 2,3: the model's code has 2"),
      (scatter + ["--labels", "l.csv", "--out", "x.svg"], 65, "l.csv: sample 2: expected a whole number"),
      (scatter + ["--labels", "two.csv", "--out", "x.svg"], 65, "2 labels for the 3 samples of"),
    ]
    for (words, status, text) in refused {
      let result = try aetool.run(Program.path, words)
      #expect(result.status == status && result.errors.contains(text), "\(words): \(result.status) \(result.errors)")
    }
    #expect(try aetool.files() == ["deep.safetensors", "l.csv", "m.safetensors", "plane.safetensors", "two.csv"])
  }
}
