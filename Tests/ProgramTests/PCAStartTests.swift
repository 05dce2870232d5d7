import Foundation
import Testing

@Suite struct PCAStartProgramTests {
  @Test func trainingSaysWhereItStarts() throws {
    let aetool = try Program()
    let trained = try aetool(
      "train", "--data", "digits:300:1", "--hidden", "64,32", "--latent", "8", "--loss", "squared-error", "--start",
      "pca", "--epochs", "2", "--model", "m.safetensors", "--log", "log.jsonl")
    #expect(trained.status == 0, "\(trained.errors)")
    let log = String(decoding: try aetool.contents("log.jsonl"), as: UTF8.self).split(separator: "\n")
    let entries = try log.map { try JSONDecoder().decode([String: Double].self, from: Data($0.utf8)) }
    let start = try #require(entries[0]["start_loss"])
    #expect(entries[1]["start_loss"] == nil)
    // Training starts at the error that components of the same data have.
    let fitted = try aetool(
      "train", "--data", "digits:300:1", "--variant", "pca", "--latent", "8", "--model", "p.safetensors")
    #expect(fitted.status == 0)
    let evaluated = try aetool("evaluate", "--model", "p.safetensors", "--data", "digits:300:1", "--json")
    let report = try JSONSerialization.jsonObject(with: evaluated.bytes) as? [String: Any]
    let error = try #require(report?["squared_error_per_sample"] as? Double)
    #expect(abs(start - error) < 1e-5 * error)
    let line = try #require(trained.errors.split(separator: "\n").first { $0.hasPrefix("starts at ") })
    #expect(line.hasSuffix(", with principal components"))
    #expect(try aetool("info", "m.safetensors").output.contains("start        pca, seed 0"))
    let refused = try aetool(
      "train", "--data", "digits:300:1", "--hidden", "64,12", "--latent", "8", "--start", "pca", "--model",
      "n.safetensors")
    #expect(refused.status == 64)
    #expect(
      refused.errors
        == "error: --start pca: encoder.1 (dense relu 64→12) needs 16 units for the 8 components that the code takes; "
        + "it has 12\n")
    #expect(!aetool.exists("n.safetensors"))
  }
}
