import Foundation
import Testing

/// Numbers near the largest Float and subnormal ones give a result or one line and status 65, never a crash.
@Suite struct ExtremeNumberTests {
  /// Returns a table of 60 rows of 8 numbers, up to `largest` in magnitude.
  private func table(_ largest: String) -> Data {
    let rows = (0..<60).map { i in
      (0..<8).map { j in "\((i * 37 + j * 101 + i * i * j) % 19 - 9)e\(largest)" }.joined(separator: ",")
    }
    return Data((rows.joined(separator: "\n") + "\n").utf8)
  }

  @Test(arguments: ["37", "36", "20", "-30", "-40", "-44"], ["none", "standard"])
  func componentsAndStartsHaveAClearOutcome(exponent: String, scaling: String) throws {
    let aetool = try Program()
    try table(exponent).write(to: aetool.folder.appendingPathComponent("x.csv"))
    var runs = ["svd", "gram", "randomized"].map { ["--variant", "pca", "--latent", "3", "--solver", $0] }
    runs.append(["--hidden", "6", "--latent", "3", "--epochs", "2", "--start", "pca"])
    for options in runs {
      let result = try aetool.run(
        Program.path, ["train", "--data", "x.csv", "--scaling", scaling, "--model", "m.safetensors"] + options)
      #expect(result.status == 0 || result.status == 65, "\(options): \(result.status) \(result.errors)")
      // Standardised numbers are of the size of 1, whatever the unit was.
      #expect(scaling == "none" || result.status == 0, "\(options): \(result.errors)")
      if result.status == 0 {
        let evaluation = try json(try aetool("evaluate", "--model", "m.safetensors", "--data", "x.csv", "--json"))
        let error = try #require(evaluation["squared_error_per_sample"] as? Double)
        #expect(error.isFinite)
      }
    }
  }
}
