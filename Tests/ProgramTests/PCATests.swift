import Foundation
import Testing

@Suite struct PCAProgramTests {
  @Test func componentsAreAModelLikeAnyOther() throws {
    let aetool = try Program()
    let fitted = try aetool(
      "train", "--data", "digits:400:1", "--variant", "pca", "--latent", "12", "--model", "p.safetensors")
    #expect(fitted.status == 0, "\(fitted.errors)")
    #expect(fitted.output.hasPrefix("p.safetensors: 12 principal components of 784 features explain "))
    let evaluated = try aetool("evaluate", "--model", "p.safetensors", "--data", "digits:50:2", "--json")
    let report = try JSONSerialization.jsonObject(with: evaluated.bytes) as? [String: Any]
    let numbers = try #require(report).compactMapValues { $0 as? Double }
    #expect(numbers["log_likelihood"] != nil && numbers["squared_error_per_sample"]! > 0)
    #expect(try aetool("encode", "--model", "p.safetensors", "--data", "digits:9:2", "--out", "c.npy").status == 0)
    #expect(try aetool("decode", "--model", "p.safetensors", "--data", "c.npy", "--out", "d.npy").status == 0)
    #expect(try aetool("reconstruct", "--model", "p.safetensors", "--data", "digits:9:2", "--out", "r.npy").status == 0)
    #expect(try aetool.contents("d.npy") == aetool.contents("r.npy"))
    #expect(try aetool("info", "p.safetensors").output.contains("model        pca, [28, 28] → code of 12"))
    let share = try aetool(
      "train", "--data", "digits:400:1", "--variant", "pca", "--latent", "0.8", "--model", "s.safetensors", "--json")
    let json = try JSONSerialization.jsonObject(with: share.bytes) as? [String: Any]
    #expect(try #require(json?["explained_variance_ratio"] as? Double) >= 0.8)
  }

  @Test func wrongSizesAreRefused() throws {
    let aetool = try Program()
    func refused(_ words: String...) throws -> String {
      let result = try aetool.run(Program.path, ["train", "--data", "digits:20", "--model", "m.safetensors"] + words)
      #expect(result.status == 64)
      return result.errors
    }
    #expect(
      try refused("--variant", "pca", "--latent", "20")
        == "error: --latent 20: 20 samples of 784 features have from 1 to 19 components\n")
    #expect(try refused("--variant", "deep", "--latent", "0.9").contains("shares and mle are for pca"))
    #expect(try refused("--variant", "pca", "--validation", "0.1").contains("is fitted at once"))
    #expect(try refused("--variant", "pca", "--memory", "lots").contains("expected a size in bytes"))
    #expect(try aetool.files() == [])
  }

  @Test func whatCannotBeComparedIsNamed() throws {
    let aetool = try Program()
    try Data("1,2\n3,4\n5,7\n".utf8).write(to: aetool.folder.appendingPathComponent("t.csv"))
    func compare(_ words: String...) throws -> Program.Result {
      try aetool.run(Program.path, ["pca-compare", "--data", "digits:50", "--out", "c"] + words)
    }
    let narrow = try compare("--test", "t.csv", "--latent", "2")
    #expect(narrow.status == 65)
    #expect(
      narrow.errors == "error: t.csv: samples of 2 features (shape [2]), but digits:50:1 has 784 (shape [28, 28])\n")
    let large = try compare("--test", "digits:9", "--latent", "50")
    #expect(large.status == 64 && large.errors == "error: a code of 50: digits:50:1 has at most 49 components\n")
    #expect(try compare("--test", "none", "--latent", "2").status == 66)
    #expect(try aetool.files() == ["t.csv"])
    let fitted = try aetool("train", "--data", "t.csv", "--variant", "pca", "--latent", "1", "--model", "m.safetensors")
    #expect(fitted.status == 0)
    #expect(try compare("--test", "digits:9", "--model", "m.safetensors").status == 65)
  }

  @Test func theComparisonIsWhole() throws {
    let aetool = try Program()
    let trained = try aetool(
      "train", "--data", "digits:1500:1", "--variant", "linear", "--latent", "3", "--epochs", "400", "--learning-rate",
      "1e-2", "--model", "linear.safetensors")
    #expect(trained.status == 0)
    let result = try aetool(
      "pca-compare", "--data", "digits:1500:1", "--test", "digits:200:2", "--latent", "2,3", "--model",
      "linear.safetensors", "--variant", "deep", "--hidden", "32", "--epochs", "2", "--out", "c", "--json")
    #expect(result.status == 0, "\(result.errors)")
    struct Report: Decodable {
      struct Row: Decodable {
        struct Interval: Decodable { let mean, low, high: Double }
        let name: String
        let code_size: Int
        let squared_error_per_sample: Double
        let difference_to_pca: Interval?
        let largest_angle_degrees: Double?
      }
      let samples: Int
      let rows: [Row]
    }
    let report = try JSONDecoder().decode(Report.self, from: result.bytes)
    #expect(report.samples == 200)
    #expect(report.rows.map(\.name) == ["pca", "deep-2", "pca", "linear", "deep-3"])
    // The linear autoencoder has found the subspace of the components within 5°, and their error within 1 %.
    let (pca, linear) = (report.rows[2], report.rows[3])
    #expect(abs(linear.squared_error_per_sample - pca.squared_error_per_sample) < 0.01 * pca.squared_error_per_sample)
    #expect(try #require(linear.largest_angle_degrees) < 5)
    for row in report.rows where row.name != "pca" {
      let interval = try #require(row.difference_to_pca)
      let reference = report.rows.first { $0.name == "pca" && $0.code_size == row.code_size }!
      let difference = row.squared_error_per_sample - reference.squared_error_per_sample
      #expect(abs(interval.mean - difference) < 1e-6 && interval.low <= interval.mean && interval.mean <= interval.high)
    }
    let files = try FileManager.default.contentsOfDirectory(atPath: aetool.path("c")).sorted()
    #expect(
      files == [
        "best-worst.png", "codes-deep-2.svg", "codes-pca.svg", "comparison.csv", "comparison.json", "components.png",
        "deep-2.safetensors", "deep-3.safetensors", "error.svg", "reconstructions.png",
      ])
    let csv = String(decoding: try aetool.contents("c/comparison.csv"), as: UTF8.self).split(separator: "\n")
    #expect(csv.count == 6 && csv[1].hasPrefix("pca,2,"))
  }
}
