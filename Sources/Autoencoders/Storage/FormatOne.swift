import Linalg

/// The description in model files of format 1, which named a variant and its sizes instead of layers.
struct DescriptionOne: Decodable {
  let toolVersion: String
  let architecture: Architecture
  let scaling: Scaling
  let seed: UInt64
  let training: Record?
  let errorDistribution: ErrorDistribution?
  let codeDistribution: CodeDistribution?
  let density: PCADensity?
  let checkpoint: Checkpoint?

  struct Architecture: Decodable {
    let variant: String
    let inputShape: [Int]
    let hidden: [Int]
    let latent: Int
    let activation: Activation
    let codeActivation: Activation?
    let loss: LossSpec
    let start: Start
    let convolution: Convolution?
    let regularization: Regularization?
    let variational: Variational?
    let classes: Int?
    let binarisation: Binarisation?
  }

  struct Convolution: Decodable {
    let channels: [Int]
    let kernel, stride: Int
    let pooling: RecipeOptions.Pooling
  }

  struct Regularization: Decodable {
    let noise: Corruption?
    let l1, contraction: Double
    let klSparsity: KLSparsity?
    let layer: Int?
    let quantisationNoise, rateWeight: Double?
  }

  struct Variational: Decodable {
    let likelihood: LossSpec
    let beta, freeBits: Double
    let importanceSamples: Int
    let hasReconstruction: Bool
  }

  struct Options: Decodable {
    let epochs, batch: Int
    let optimizer: String
    let epsilon: Double?
    let orthogonalisation: Orthogonalisation?
    let learningRate: Double?
    let schedule: LearningRateSchedule.Shape
    let warmup: Int
    let betaWarmup: Int?
    let weightDecay: Double
    let averaging, clipNorm: Double?
    let patience: Int?
    let shuffle: Bool
    let seed: UInt64

    func options() throws(InvalidArgument) -> TrainingOptions {
      guard let entry = Optimizer.named(optimizer) else {
        throw InvalidArgument("there is no optimizer '\(optimizer)'")
      }
      return TrainingOptions(
        epochs: epochs, batch: batch,
        optimizer: try entry.optimizer(.init(epsilon: epsilon, orthogonalise: orthogonalisation)),
        learningRate: learningRate, schedule: schedule, warmup: warmup, betaWarmup: betaWarmup,
        weightDecay: weightDecay, averaging: averaging, clipNorm: clipNorm, patience: patience, shuffle: shuffle,
        seed: seed)
    }
  }

  struct Record: Decodable {
    let data: String
    let samples: Int
    let options: Options
    let epochs, bestEpoch: Int
    let trainLoss, validationLoss: Double?
  }

  struct Checkpoint: Decodable {
    let options: Options
    let epoch, step: Int
    let seconds: Double
    let bestEpoch: Int
    let bestLoss: Double?
    let trainLoss: Double
  }

  /// Returns the same description in the present format.
  func upgraded() throws(InvalidArgument) -> ModelDescription {
    var knowledge = Knowledge()
    if let training {
      knowledge.remember(
        TrainingRecord(
          data: training.data, samples: training.samples, options: try training.options.options(),
          epochs: training.epochs, bestEpoch: training.bestEpoch, trainLoss: training.trainLoss,
          validationLoss: training.validationLoss))
    }
    if let errorDistribution { knowledge.remember(errorDistribution) }
    if let codeDistribution { knowledge.remember(codeDistribution) }
    if let density { knowledge.remember(density) }
    var record: CheckpointRecord?
    if let checkpoint {
      record = CheckpointRecord(
        options: try checkpoint.options.options(), epoch: checkpoint.epoch, step: checkpoint.step,
        seconds: checkpoint.seconds, bestEpoch: checkpoint.bestEpoch, bestLoss: checkpoint.bestLoss,
        trainLoss: checkpoint.trainLoss)
    }
    return ModelDescription(
      formatVersion: 1, toolVersion: toolVersion, blueprint: try architecture.blueprint(scaling: scaling), seed: seed,
      knowledge: StoredKnowledge(knowledge), checkpoint: record)
  }
}

extension DescriptionOne.Architecture {
  /// Returns the blueprint that the recipe called `variant` makes with these options.
  func blueprint(scaling: Scaling) throws(InvalidArgument) -> Blueprint {
    guard let kind = RecipeKind.named(variant) else { throw InvalidArgument("there is no variant '\(variant)'") }
    var features = 1
    for side in inputShape {
      guard 1...LayerSpec.largestSize ~= side, features <= LayerSpec.largestSize else {
        throw InvalidArgument("samples of shape \(inputShape)")
      }
      features *= side
    }
    if scaling.kind != .none && (scaling.mean.count != features || scaling.factor.count != features) {
      throw InvalidArgument("the scaling has \(scaling.mean.count) means for \(features) features")
    }
    if kind.isVariational {
      guard let variational, variational.hasReconstruction, variational.likelihood.loss.link == loss.loss.link else {
        throw InvalidArgument("what is said of the likelihood is not complete, or does not go with the loss")
      }
    }
    if kind.isFitted {
      return Blueprint(
        inputShape: inputShape, encoder: [.dense(latent)], decoder: [.dense()], loss: .squaredError,
        preparation: Preparation(scaling: scaling),
        recipe: RecipeRecord(name: variant, options: ["latent": "\(latent)"]))
    }
    var options = RecipeOptions()
    if kind.takes.contains(.hidden) { options.hidden = hidden }
    options.latent = latent
    if kind.takes.contains(.activation) { options.activation = activation }
    if kind.takes.contains(.codeActivation) { options.codeActivation = codeActivation }
    options.loss = kind.isVariational ? nil : loss
    options.start = start
    if let convolution {
      options.channels = convolution.channels
      options.kernel = convolution.kernel
      options.stride = convolution.stride
      options.pooling = convolution.pooling
    }
    if let regularization {
      options.noise = regularization.noise
      if regularization.l1 != 0 { options.l1 = regularization.l1 }
      options.klSparsity = regularization.klSparsity
      if regularization.contraction != 0 { options.contraction = regularization.contraction }
      options.sparseLayer = regularization.layer
      options.quantisationNoise = regularization.quantisationNoise
      options.rateWeight = regularization.rateWeight
    }
    if let variational {
      options.likelihood = variational.likelihood
      options.beta = variational.beta
      options.freeBits = variational.freeBits
      options.importanceSamples = variational.importanceSamples
    }
    options.classes = classes
    options.binarise = binarisation
    // Format 1 does not say where the output's bias began, which is of no use to a trained model.
    options.outputBias = .zero
    return try Recipe(named: variant, options).blueprint(inputShape: inputShape, scaling: scaling)
  }
}
