/// Finds the name that was probably meant by one that does not exist.
enum Suggestion {
  /// Returns the option among `names`, as in --learning-rate, that was probably meant by `unknown`.
  ///
  /// What other tools call the same thing comes first, then a name that begins or ends with the unknown one, then the
  /// name with the fewest slips of the keyboard in it.
  static func option(for unknown: String, among names: [String]) -> String? {
    let bare = plain(unknown)
    return synonyms[bare]?.first(where: names.contains) ?? nearest(bare, among: names)
  }

  /// Returns the subcommand among `names` that was probably meant by `unknown`.
  static func command(for unknown: String, among names: [String]) -> String? {
    let bare = plain(unknown)
    return commandSynonyms[bare] ?? nearest(bare, among: names)
  }

  /// Returns the one of `names` that `text` begins, ends or misspells, or nil where none is near.
  static func nearest(_ text: String, among names: [String]) -> String? {
    let text = plain(text)
    if text.count >= 3 {
      let parts = names.filter { plain($0).hasPrefix(text) || plain($0).hasSuffix(text) }
      if parts.count == 1 { return parts[0] }
    }
    let most = text.count < 4 ? 1 : text.count < 8 ? 2 : 3
    let near = names.map { (name: $0, slips: distance(Array(text), Array(plain($0)))) }.min { $0.slips < $1.slips }
    return near.flatMap { $0.slips <= most && $0.slips < text.count ? $0.name : nil }
  }

  /// Returns the name in small letters without dashes at its start, and with dashes for underscores.
  private static func plain(_ name: String) -> String {
    String(name.lowercased().drop { $0 == "-" }.map { $0 == "_" ? "-" : $0 })
  }

  /// Returns how many letters have to be put in, left out, replaced or swapped with their neighbour to make `b` of `a`.
  ///
  /// Source: the optimal string alignment distance (F. Damerau, "A technique for computer detection and correction of
  /// spelling errors", 1964).
  static func distance(_ a: [Character], _ b: [Character]) -> Int {
    var rows = [Array(0...b.count)]
    for i in 0..<a.count {
      var row = [i + 1]
      for j in 0..<b.count {
        var least = min(rows[i][j + 1] + 1, row[j] + 1, rows[i][j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { least = min(least, rows[i - 1][j - 1] + 1) }
        row.append(least)
      }
      rows.append(row)
    }
    return rows[a.count][b.count]
  }

  /// Names that options have in PyTorch, Keras, scikit-learn and their programs, and one-letter forms that many
  /// programs have. Where a name stands in several lines, the first option that the command has is meant.
  private static let synonyms: [String: [String]] = {
    let groups: KeyValuePairs = [
      "learning-rate": "lr learning-rate-init eta step-size alpha rate",
      "batch": "bs batch-size batchsize minibatch b",
      "latent":
        "n-components components code-size code-dim latent-dim latent-size z-dim zdim bottleneck encoding-dim k",
      "weight-decay": "wd l2 decay",
      "threads": "device gpu cuda cpu n-jobs jobs workers num-workers num-threads nthreads j",
      "epochs": "max-iter n-iter num-epochs n-epochs max-epochs iterations iter steps e",
      "optimizer": "opt optim optimiser solver",
      "seed": "random-state random-seed rng",
      "out": "output outfile output-file save o",
      "data": "input x train-data dataset d in file",
      "hidden": "hidden-layer-sizes hidden-sizes hidden-size hidden-dim hidden-dims layers units",
      "variant": "arch architecture type kind net network",
      "patience": "early-stopping n-iter-no-change",
      "validation": "val val-data validation-split validation-fraction val-split valid",
      "schedule": "scheduler lr-scheduler lr-schedule",
      "clip-norm": "clip grad-clip gradient-clip max-grad-norm clip-grad clip-grad-norm",
      "average": "ema swa polyak",
      "beta": "kl-weight kld-weight",
      "loss": "criterion objective",
      "noise": "dropout corruption corrupt",
      "no-shuffle": "shuffle",
      "labels": "y targets classes",
      "model": "checkpoint weights m state-dict out output save o",
      "count": "n num n-samples num-samples samples rows",
      "activation": "act nonlinearity activation-fn",
      "scaling": "normalize normalise standardize scaler scale",
      "start": "init-weights weight-init initializer",
      "init": "pretrained from load",
      "resume": "continue resume-from",
      "log": "logfile log-file tensorboard",
      "l1": "sparsity",
      "columns": "nrow ncol ncols",
      "channels": "filters",
      "kernel": "kernel-size",
      "warmup": "warmup-steps",
      "quiet": "silent q",
    ]
    return groups.reduce(into: [:]) { all, group in
      for name in group.value.split(separator: " ") { all[String(name), default: []].append("--" + group.key) }
    }
  }()

  private static let commandSynonyms = [
    "fit": "train", "learn": "train", "transform": "encode", "inverse-transform": "decode", "predict": "reconstruct",
    "generate": "sample", "test": "evaluate", "score": "evaluate", "eval": "evaluate", "validate": "evaluate",
    "plot": "curves", "pca": "pca-compare", "show": "info", "inspect": "info", "describe": "info",
    "unpack": "decompress",
    "version": "--version",
  ]
}
