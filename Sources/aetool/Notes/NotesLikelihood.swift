import Autoencoders
import Datasets
import Figures
import Pages

/// ln p(x) by codes from the prior and by codes from the encoder, by the number of codes.
enum NotesLikelihood {
  private struct Point: Codable {
    let codes: Int
    let mean, effective: Double
    let error: Double?
  }

  private struct Numbers: Codable {
    let images: Int
    let elbo: Double
    let prior, importance: [Point]
  }

  static func section(_ lab: NotesLab) throws -> NotesSection {
    let trained = try lab.variational()
    let numbers = try lab.store.numbers("likelihood") {
      let images = lab.data.test.spread(200)
      func points(_ estimator: LogLikelihoodEstimator, _ counts: [Int]) throws -> [Point] {
        try counts.map { codes in
          try lab.checkInterrupt()
          let estimate = try trained.model.logLikelihoods(
            images, estimator: estimator, samples: codes, seed: lab.seed, threads: lab.threads
          ).estimate
          return Point(
            codes: codes, mean: estimate.mean, effective: estimate.meanEffectiveSize, error: estimate.standardError)
        }
      }
      let result = try trained.model.evaluateVariational(images, draws: 50, seed: lab.seed, threads: lab.threads)!
      return Numbers(
        images: images.count, elbo: result.elbo, prior: try points(.monteCarlo, [1, 10, 100, 1000, 10_000]),
        importance: try points(.importance, [1, 10, 100, 1000]))
    }
    let (prior, importance) = (numbers.prior.last!, numbers.importance.last!)
    let few = numbers.importance[1]
    let claims = [
      NotesClaim(
        "codes from the encoder estimate ln p(x) far better than codes from the prior",
        isSeen: few.mean > prior.mean + 1,
        "\(few.codes) codes from the encoder give \(few.mean.significant(5)), \(prior.codes.grouped) from the prior "
          + "\(prior.mean.significant(5)); both are too low on average, so the larger is nearer"),
      NotesClaim(
        "the ELBO lies below ln p(x)", isSeen: numbers.elbo < importance.mean,
        "ELBO \(numbers.elbo.significant(5)), ln p(x) at least \(importance.mean.significant(5)) nats: a gap of at "
          + "least \((importance.mean - numbers.elbo).significant(3)), the divergence of q(z|x) from p(z|x)"),
    ]
    func series(_ name: String, _ points: [Point]) -> Chart.Series {
      Chart.Series(name, points.map { .init(Double($0.codes), $0.mean) })
    }
    let chart = Chart(
      title: "ln p(x) by the number of codes", xLabel: "codes for an image", yLabel: "ln p(x), nats",
      series: [
        series("from the prior", numbers.prior), series("from the encoder", numbers.importance),
        Chart.Series("ELBO", [.init(1, numbers.elbo), .init(10_000, numbers.elbo)]),
      ], xScale: .logarithmic)
    return NotesSection(
      blocks: [
        .group(
          title: "How likely is an image?",
          blocks: [
            .paragraph(
              "p(x) is the mean of p(x|z) over codes from the prior. Almost none of them explains a given image, so "
                + "that mean rests on a few lucky draws. Codes from q(z|x), each weighted by p(z)/q(z|x), are drawn "
                + "where they matter."
            ),
            .formula(.importance),
            .figure(
              svg: chart.svg(), caption: "The two estimates on \(numbers.images) unseen images, and the ELBO",
              alternative:
                "The estimate from the prior climbs slowly from far below; the other is flat from ten codes on"),
            .table(
              header: ["codes from", "codes", "ln p(x)", "± of the draws", "effective codes"],
              rows: rows("the prior", numbers.prior) + rows("the encoder", numbers.importance),
              caption: "Nats, mean over images; effective codes are (Σw)²/Σw², mean over images"),
            .verdict(claims[0].verdict), .verdict(claims[1].verdict),
            .commands([
              "aetool evaluate --model vae-16.safetensors --data \(lab.testName) --estimator importance --samples 1000"
            ]),
          ])
      ], claims: claims)
  }

  private static func rows(_ name: String, _ points: [Point]) -> [[String]] {
    points.map {
      [
        name, $0.codes.grouped, $0.mean.significant(5), $0.error.map { $0.significant(2) } ?? "–",
        $0.effective.significant(3),
      ]
    }
  }
}
