import Foundation
import Testing

/// The option --estimator of evaluate, and what it prints.
@Suite struct LogLikelihoodProgramTests {
  @Test func evaluateEstimatesTheLogLikelihood() throws {
    let aetool = try Program()
    let trained = try aetool(
      "train", "--data", "digits:300:1", "--variant", "vae", "--latent", "2", "--epochs", "2", "--model",
      "m.safetensors")
    #expect(trained.status == 0, "\(trained.errors)")
    var elbo = 0.0
    func report(_ estimator: String, _ samples: Int, threads: Int = 2) throws -> [String: Any]? {
      let result = try aetool(
        "evaluate", "--model", "m.safetensors", "--data", "digits:50:2", "--json", "--estimator", estimator,
        "--samples", "\(samples)", "--threads", "\(threads)")
      let all = try JSONSerialization.jsonObject(with: result.bytes) as? [String: Any]
      elbo = all?["elbo"] as? Double ?? 0
      return all?["log_likelihood_estimate"] as? [String: Any]
    }
    let importance = try #require(try report("importance", 300))
    let priors = try #require(try report("monte-carlo", 2000))
    #expect(importance["samples"] as? Int == 300 && priors["samples"] as? Int == 2000)
    #expect(importance["estimator"] as? String == "importance" && priors["estimator"] as? String == "monte-carlo")
    let values = [importance, priors].map { $0["mean"] as? Double ?? 0 }
    let errors = [importance, priors].map { $0["standard_error"] as? Double ?? 0 }
    #expect(errors.allSatisfy { $0 > 0 && $0 < 10 })
    #expect(values.allSatisfy { $0 > elbo && $0 < 0 }, "\(values), \(elbo)")
    #expect(try report("importance", 300, threads: 1)?["mean"] as? Double == values[0])
    let table = try aetool(
      "evaluate", "--model", "m.safetensors", "--data", "digits:50:2", "--estimator", "importance")
    #expect(table.output.contains("ln p(x), importance, 1,000 codes") && table.output.contains("effective sample size"))
  }

  @Test func whatHasNoMeaningIsRefused() throws {
    let aetool = try Program()
    _ = try aetool.trainSmall()
    func message(_ option: String, _ value: String) throws -> String {
      let result = try aetool(
        "evaluate", "--model", "m.safetensors", "--data", "digits:50:2", "--estimator", "importance", option, value)
      #expect(result.status == 64)
      return result.errors
    }
    #expect(
      try message("--samples", "10")
        == "error: --estimator: ln p(x) is estimated for variational models (vae, conv-vae) alone\n")
    #expect(try message("--samples", "0").contains("must be from 1 to 1000000"))
    #expect(try message("--samples", "1000001").contains("must be from 1 to 1000000"))
    let alone = try aetool("evaluate", "--model", "m.safetensors", "--data", "digits:50:2", "--samples", "10")
    #expect(alone.status == 64 && alone.errors.contains("--samples needs --estimator"))
    let unknown = try aetool("evaluate", "--model", "m.safetensors", "--data", "digits:50:2", "--estimator", "laplace")
    #expect(unknown.status == 64 && unknown.errors.contains("--estimator laplace: expected "))
  }
}
