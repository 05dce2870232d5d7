import ArgumentParser
import Autoencoders
import Datasets
import Figures
import Files
import Linalg

struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measures how well a model reconstructs data, and how far they are from what it was trained on.",
    discussion: """
      Errors are summed over features and averaged over samples, on data as the network sees them: pixels in [0, 1], \
      tables as scaled. A unit of the code is active where it exceeds 1 % of the largest activation. Single samples' \
      errors are held against those on the samples held out by train --validation: 1 % of samples of the same kind are \
      beyond the 99th percentile. A model trained without --validation has the errors on its training samples alone, \
      which are smaller, so more than 1 % are beyond.

      EXAMPLE
        aetool evaluate --model digits.safetensors --data digits:2000:2
        aetool evaluate --model digits.safetensors --data digits:2000:2 --noise gaussian:0.3 --json
        aetool evaluate --model digits.safetensors --data other.npy --picture errors.svg --scores errors.csv
        aetool evaluate --model vae.safetensors --data digits:2000:2 --estimator importance --samples 5000
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var data: DataOptions

  @Option(
    help: ArgumentHelp(
      "Also measure cleaning of this noise: \(Corruption.kinds); the noise of training by default.",
      valueName: "kind:amount"))
  var noise: Corruption?

  @Option(
    help: ArgumentHelp(
      "Also estimate ln p(x) of a variational model by codes of the encoder (importance) or prior (monte-carlo).",
      valueName: "name"))
  var estimator: LogLikelihoodEstimator?

  @Option(
    help: ArgumentHelp("Codes for each sample of --estimator, 1 to 1000000; 1000 by default.", valueName: "count"))
  var samples: Int?

  @Option(help: ArgumentHelp("Seed of noise, stochastic binarisation and codes.", valueName: "number"))
  var seed: UInt64 = 0

  @Option(
    help: ArgumentHelp(
      "Draw the errors' distribution beside that on held-out or training samples (SVG).", valueName: "file"))
  var picture: String?

  @Option(
    help: ArgumentHelp("Write every sample's squared error (NPY or CSV): the higher, the stranger.", valueName: "file"))
  var scores: String?

  @OptionGroup var threads: ThreadOptions
  @OptionGroup var overwriting: OverwriteOptions
  @OptionGroup var console: ConsoleOptions
  @OptionGroup var result: ResultOptions

  func validate() throws {
    if let samples {
      if estimator == nil { throw ValidationError("--samples needs --estimator") }
      if !(1...1_000_000 ~= samples) { throw ValidationError("--samples \(samples): must be from 1 to 1000000") }
    }
  }

  func run() throws {
    let scoreFormat = try scores.map { try ArrayFormat.of($0, allowsPictures: false) }
    if let picture, !picture.lowercased().hasSuffix(".svg") {
      throw ProgramError(.usage, "--picture \(picture): the picture is an SVG; let the name end in .svg")
    }
    var files = FileRoles(reading: model, data)
    files.writes("--picture", picture, .svg)
    files.writes("--scores", scores, scoreFormat?.kind ?? .npy)
    try files.check(force: overwriting.force)
    let model = try model.load()
    if picture != nil && model.errorDistribution == nil {
      throw ProgramError(.usage, "--picture: the model holds no errors to compare with; train it again")
    }
    if estimator != nil && !model.network.isVariational {
      throw ProgramError(.usage, "--estimator: ln p(x) is estimated for variational models (vae, conv-vae) alone")
    }
    if estimator == .monteCarlo && model.network.classes != nil {
      throw ProgramError(
        .usage, "--estimator monte-carlo: of a conditional model ln p(x) is estimated by importance alone")
    }
    let data = try data.open()
    var evaluation = try model.evaluateAll(data, noise: noise, seed: seed, threads: threads.threads)
    if let verdict = evaluation.variational?.verdict {
      evaluation.variational?.verdict = InvalidArgument.translated(verdict, flag)
    }
    if let estimator { evaluation.logLikelihoodEstimate = try logLikelihood(model, data, estimator) }
    if let scores, let scoreFormat { try writeScores(model, data, to: scores, scoreFormat) }
    if let picture, let errors = evaluation.againstTraining {
      try AtomicFile.write(Array(Self.chart(errors, of: data.source).svg().utf8), to: picture)
      reportWritten(picture, "errors of \(data.count.grouped) samples beside those on \(errors.reference.whose)")
    }
    if let reason = model.density?.whyUndefined { Console.note(reason) }
    if result.json { return try Console.json(evaluation) }
    for (name, value) in Self.lines(evaluation) {
      Console.result(name + String(repeating: " ", count: max(1, 40 - name.count)) + value)
    }
  }

  private func logLikelihood(
    _ model: Model, _ data: Dataset, _ estimator: LogLikelihoodEstimator
  ) throws -> LogLikelihoodEstimate {
    let line = ShareLine("ln p(x), \(estimator.rawValue)")
    defer { line.end() }
    let estimate = try model.logLikelihood(
      data, estimator: estimator, samples: samples ?? 1000, seed: seed, threads: threads.threads,
      onProgress: line.update)
    if estimate.shareBelowTen > 0 {
      line.end()
      Console.say(
        "warning: the estimates of \((estimate.shareBelowTen * 100).formatted(2)) % of the samples rest on fewer than 10 "
          + "effective codes and are too low on average; use more --samples"
          + (estimator == .monteCarlo ? ", or --estimator importance" : ""))
    }
    if !estimate.mean.isFinite { throw ProgramError(.badData, "ln p(x) of \(data.source) is \(estimate.mean)") }
    return estimate
  }

  private func writeScores(_ model: Model, _ data: Dataset, to path: String, _ format: ArrayFormat) throws {
    let errors = try model.squaredErrors(data, seed: seed, threads: threads.threads).map { Float($0) }
    if format == .csv {
      let writer = try CSVWriter(path)
      try writer.append(Matrix(rows: errors.count, columns: 1, values: errors))
      try writer.commit()
    } else {
      let writer = try NPYWriter(path, shape: [errors.count])
      try writer.append(errors)
      try writer.commit()
    }
    reportWritten(path, "the squared errors of \(data.count.grouped) samples")
  }

  /// Makes the chart of the share of samples whose error is below x, for the model's own samples and for these data.
  static func chart(_ errors: ErrorComparison, of source: String) -> Chart {
    func line(_ name: String, _ distribution: ErrorDistribution) -> Chart.Series {
      Chart.Series(name, distribution.percentiles.enumerated().map { .init($1, Double($0)) })
    }
    let limit = errors.reference.percentiles[99]
    let share = (errors.shareBeyond99thPercentile * 100).formatted(1)
    return Chart(
      title: "\(share) % of the samples are beyond 99 % of \(errors.reference.whose)",
      xLabel: "squared error of a sample",
      yLabel: "% of samples below",
      series: [
        line(errors.reference.whose, errors.reference), line("these data", errors.data),
        Chart.Series("99th percentile", [.init(limit, 0), .init(limit, 100)]),
      ], startsAtZero: true, xScale: .fitting(errors.reference.percentiles + errors.data.percentiles))
  }

  /// Returns the numbers with their names; what belongs to the number above is indented.
  static func lines(_ e: Evaluation) -> [(String, String)] {
    var lines = [
      ("samples", e.samples.grouped),
      ("squared error per sample", e.squaredErrorPerSample.significant(5)),
      ("mean squared error per feature", e.meanSquaredError.significant(5)),
    ]
    if let psnr = e.psnrDB { lines.append(("PSNR", psnr.formatted(2) + " dB")) }
    if let value = e.crossEntropyPerSample { lines.append(("cross-entropy per sample", "\(value.formatted(3)) nats")) }
    // Binary data have no entropy of their own, so these two lines would tell nothing.
    if let floor = e.crossEntropyFloor, let excess = e.crossEntropyExcess, floor > 0 {
      lines += [
        ("  the data's own entropy", "\(floor.formatted(3)) nats"), ("  above it", "\(excess.formatted(3)) nats"),
      ]
    }
    if let value = e.meanActivation { lines.append(("mean activation of the code", value.significant(4))) }
    if let value = e.logLikelihood { lines.append(("log-likelihood per sample", "\(value.formatted(3)) nats")) }
    if let v = e.variational {
      lines += [
        ("ELBO", "\(v.elbo.formatted(3)) nats"),
        ("  E_q[ln p(x|z)], \(v.draws) draws", "\(v.reconstructionTerm.formatted(3)) nats"),
        ("  KL(q(z|x) ‖ N(0, I))", "\(v.kl.formatted(3)) nats"),
        (
          "  active units",
          "\(v.activeUnits) of \(v.klByDimension.count)"
            + (v.constantUnits > 0 ? ", \(v.constantUnits) constant but far from the prior" : "")
        ),
        ("  bits per dimension", v.bitsPerDimension.formatted(4)),
      ]
      if let bits = v.discretised {
        lines += [
          ("  in steps of 1/255, Gaussian", bits.gaussian.formatted(4)), ("    logistic", bits.logistic.formatted(4)),
        ]
      }
      lines.append(("  verdict", v.verdict))
    }
    if let l = e.logLikelihoodEstimate {
      let error = l.standardError.map { " ± \($0.significant(2))" } ?? ""
      lines += [
        ("ln p(x), \(l.estimator.rawValue), \(l.samples.grouped) codes", "\(l.mean.formatted(3))\(error) nats"),
        ("  bits per dimension", l.bitsPerDimension.significant(4)),
        (
          "  effective sample size",
          "\(l.meanEffectiveSize.significant(3)), least \(l.leastEffectiveSize.significant(3))"
        ),
        ("  below 10", "\((l.shareBelowTen * 100).formatted(2)) % of the samples"),
      ]
      if let check = l.importanceCheck {
        lines += [
          ("  biased low, by the logarithm (Jensen)", "by \(max(0, check.difference).significant(3)) nats at least:"),
          (
            "    importance, \(check.codes.grouped) codes",
            "\((check.difference < 0 ? "" : "+") + check.difference.significant(4)) nats on \(check.data.grouped) samples"
          ),
        ]
      }
      if let error = l.dataStandardError {
        lines.append(("  error from the choice of data", "\(error.significant(2)) nats"))
      }
    }
    if let code = e.code {
      lines += [
        ("active units of a sample", "\((code.activeShare * 100).formatted(2)) % of \(code.units)"),
        ("units never active", "\(code.neverActive)"),
      ]
      if let hoyer = code.hoyerSparsity { lines.append(("Hoyer sparsity of the code", hoyer.formatted(3))) }
      let means = code.meanActivations.sorted()
      lines.append(
        (
          "units' mean activations",
          "\(means[0].significant(3)) to \(means[means.count - 1].significant(3)), "
            + "median \(means[means.count / 2].significant(3))"
        ))
    }
    if let noise = e.denoising {
      let gain = noise.gainDB.map { ", \(abs($0).formatted(2)) dB \($0 < 0 ? "worse" : "better")" } ?? ""
      lines += [
        ("with \(noise.noise): error of doing nothing", noise.squaredErrorDoingNothing.significant(5)),
        ("  cleaned by the model", noise.squaredErrorCleaned.significant(5) + gain),
      ]
    }
    for factor in e.factors ?? [] {
      lines.append(
        (
          "factor '\(factor.factor)'",
          "\(factor.measure == .pearson ? "r" : "η") = \(factor.correlation.formatted(3)) with dimension "
            + "\(factor.dimension); by chance \(factor.chanceLevel.formatted(3))"
        ))
    }
    if let errors = e.againstTraining {
      let ratio = errors.medianRatio.map { ", \($0.significant(3)) times that" } ?? ""
      lines += [
        ("median error, \(errors.reference.whose)", errors.reference.median.significant(5)),
        ("  these data", errors.data.median.significant(5) + ratio),
        (
          "  beyond the former's 99th percentile",
          "\((errors.shareBeyond99thPercentile * 100).formatted(2)) % of the samples"
            + (errors.reference.isHeldOut ? "" : "; errors on training data are smaller than on new data")
        ),
      ]
    }
    return lines
  }
}

extension ErrorDistribution {
  /// The samples that the errors are of, in words.
  var whose: String { isHeldOut ? "held-out samples" : "training samples" }
}
