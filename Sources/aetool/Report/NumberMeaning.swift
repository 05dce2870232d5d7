/// What the numbers of `evaluate` say, for readers who meet them for the first time.
enum NumberMeaning {
  /// Returns one sentence on the number that `evaluate` calls `name`; empty where the name says it all.
  static func of(_ name: String) -> String {
    let name = name.drop { $0 == " " }
    return meanings.first { name.hasPrefix($0.start) }?.meaning ?? ""
  }

  /// By how names start. The first that fits counts.
  private static let meanings: [(start: String, meaning: String)] = [
    ("samples", "How many samples were measured."),
    (
      "squared error per sample",
      "How far a reconstruction is from its sample: Σ (x̂ − x)² over features. 0 is a perfect copy."
    ),
    ("mean squared error per feature", "The same for a single feature; its root is the typical error of one number."),
    ("PSNR", "The same as a ratio to the range of the data; 6 dB more is half the error of a number."),
    (
      "cross-entropy per sample",
      "Nats that a pixel's value costs when it is told by the reconstruction's probabilities."
    ),
    ("the data's own entropy", "No model gets below this, since grey pixels are no certainties."),
    ("above it", "What is left to learn."),
    ("mean activation of the code", "How strongly a unit of the code is on, averaged over units and samples."),
    ("log-likelihood per sample", "ln p(x) of the data under the model; higher is better."),
    ("ELBO", "A bound that ln p(x) of the data does not fall below; higher is better."),
    ("E_q", "The part of the ELBO that rewards reconstruction."),
    ("KL(q", "The part of the ELBO that codes cost: nats by which they differ from the prior."),
    ("active units", "Numbers of the code that tell samples apart, or units that fire for a sample."),
    ("bits per dimension", "−ln p(x) in bits for one number of the data: what an ideal coder would need."),
    ("in steps of 1/255, Gaussian", "Bits for pixels of 256 values, by a Gaussian around the reconstruction."),
    ("logistic", "The same by a logistic distribution."),
    ("verdict", "Whether the code is in use."),
    ("ln p(x)", "An estimate of the likelihood itself, with its standard error."),
    ("units never active", "Units that no sample makes fire: they could be left out."),
    ("Hoyer sparsity", "0 where all units are equally on, 1 where a single one is."),
    ("units' mean activations", "The least and the most active unit, and the one in the middle."),
    ("with ", "The error of corrupted samples that nobody cleans."),
    ("cleaned by the model", "The error after the model has cleaned them."),
    ("factor", "How closely a number of the code follows what the data were drawn by; 1 is exactly."),
    ("median error", "Half of the samples that the model knows have a smaller error."),
    ("these data", "The same for the data of this report."),
    ("beyond the former's 99th", "1 % where the data are of the same kind; more where they are stranger."),
  ]
}
