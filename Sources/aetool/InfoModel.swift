import Autoencoders

/// The report of `info` on a model.
struct ModelReport: Encodable {
  let kind = "model"
  let variant: String
  let input_shape: [Int]
  let encoder, decoder: [String]
  let loss: String
  let contraction: Double?
  let start, output_bias: String
  let binarisation: String?
  let classes: Int?
  let options: [String: String]?
  let layers: [String]
  let parameters: Int
  let code_size: Int
  let code_activation: String
  let scaling: String
  let seed: UInt64
  let training: Training?

  init(_ model: Model) {
    let blueprint = model.blueprint
    variant = model.name
    input_shape = model.inputShape
    encoder = blueprint.encoder.map(\.description)
    decoder = blueprint.decoder.map(\.description)
    isVariational = model.network.isVariational
    loss = isVariational ? blueprint.loss.likelihoodDescription : blueprint.loss.description
    contraction = blueprint.contraction
    start = blueprint.start.rawValue
    output_bias = blueprint.outputBias.rawValue
    binarisation = blueprint.preparation.binarisation?.description
    classes = model.network.classes
    options = blueprint.recipe?.options
    layers = model.network.layers.indices.map { model.network.name(ofLayer: $0) }
    parameters = model.network.layout.count
    code_size = model.network.codeSize
    code_activation = model.network.codeActivation.rawValue
    scaling = model.scaling.kind.rawValue
    seed = model.seed
    training = model.training.map(Training.init)
  }

  private let isVariational: Bool

  enum CodingKeys: String, CodingKey {
    case kind, variant, input_shape, encoder, decoder, loss, contraction, start, output_bias, binarisation, classes
    case options, layers, parameters, code_size, code_activation, scaling, seed, training
  }

  var lines: [String] {
    var lines = [
      "model        \(variant), \(input_shape) → code of \(code_size)",
      (isVariational ? "likelihood   " : "loss         ") + loss,
      "scaling      \(scaling)",
      "start        \(start), seed \(seed)",
      "parameters   \(parameters.grouped)",
    ]
    if let binarisation { lines.insert("binarised    \(binarisation)", at: 3) }
    if let classes { lines.insert("conditional  on \(classes) classes", at: 3) }
    if let contraction { lines.insert("contraction  \(contraction)", at: 3) }
    lines += ["encoder      " + encoder.joined(separator: ", "), "decoder      " + decoder.joined(separator: ", ")]
    lines += layers.map { "  \($0)" }
    return lines + (training?.lines ?? ["training     none"])
  }

  /// The part of the report that tells how the model was trained.
  struct Training: Encodable {
    let data: String
    let samples, epochs, best_epoch: Int
    let train_loss, validation_loss: Double?
    let optimizer, schedule: String
    let learning_rate, weight_decay: Double
    let batch, warmup: Int
    let beta_warmup, patience: Int?
    let average, clip_norm: Double?
    let shuffle: Bool
    let seed: UInt64
    let earlier: [Earlier]?
    private let isFullBatch: Bool

    /// A stretch of training before.
    struct Earlier: Encodable {
      let data: String
      let samples, epochs: Int
      let changes: [String]
    }

    enum CodingKeys: String, CodingKey {
      case data, samples, epochs, best_epoch, train_loss, validation_loss, optimizer, schedule, learning_rate
      case weight_decay, batch, warmup, beta_warmup, patience, average, clip_norm, shuffle, seed, earlier
    }

    init(_ record: TrainingRecord) {
      let options = record.options
      data = record.data
      samples = record.samples
      epochs = record.epochs
      best_epoch = record.bestEpoch
      train_loss = record.trainLoss
      validation_loss = record.validationLoss
      optimizer = options.optimizer.name
      schedule = options.schedule.rawValue
      learning_rate = options.rate
      weight_decay = options.weightDecay
      batch = options.batch
      warmup = options.warmup
      beta_warmup = options.betaWarmup
      patience = options.patience
      average = options.averaging
      clip_norm = options.clipNorm
      shuffle = options.shuffle
      seed = options.seed
      earlier = record.earlier?.map {
        Earlier(data: $0.data, samples: $0.samples, epochs: $0.epochs, changes: $0.changes)
      }
      isFullBatch = options.optimizer.isFullBatch
    }

    var lines: [String] {
      let rate = isFullBatch ? "first step" : "rate"
      let shape = isFullBatch ? "" : " \(schedule)"
      var lines = [
        "trained on   \(data), \(samples.grouped) samples",
        "with         \(optimizer), \(rate) \(learning_rate.significant(3))\(shape), batch \(batch), seed \(seed)",
      ]
      for stretch in (earlier ?? []).reversed() {
        let how =
          stretch.changes.isEmpty ? "a run whose weights this one began with" : stretch.changes.joined(separator: "; ")
        lines.append(
          "before that  \(stretch.data), \(counted(stretch.samples, "sample")), \(counted(stretch.epochs, "epoch")): \(how)"
        )
      }
      if let beta_warmup { lines.append("warm-up      of β over \(beta_warmup) epochs") }
      lines.append("epochs       \(epochs), the weights are of epoch \(best_epoch)")
      if let train_loss { lines.append("train loss   \(train_loss.significant(6))") }
      if let validation_loss { lines.append("validation   \(validation_loss.significant(6))") }
      return lines
    }
  }
}
