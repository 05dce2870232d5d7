/// What a layer is in a network.
public enum LayerRole: Sendable, Equatable {
  /// The layer is a function of its input, with parameters or without.
  case map
  /// The layer adds noise to its input in training and is the identity elsewhere. The value is nil where the noise is
  /// none of the kinds of `Corruption`.
  case corruption(Corruption?)
  /// The layer is the identity, with a share of the loss.
  case penalty(Penalty)
  /// The layer gives means and log-variances of q(z|x) for a code of `latent` numbers.
  case heads(latent: Int)
  /// The layer draws from the heads' distribution, `count` rows for each row of its input. Its share of the loss is the
  /// divergence from the prior, times `beta`; `beta` is nil where the loss has no divergence of its own.
  case draws(count: Int, beta: Double?)
  /// The layer puts the sample's class, one of `classes`, beside its input.
  case condition(classes: Int)

  /// A layer's share of the loss.
  public struct Penalty: Sendable, Equatable {
    /// The name of the share in logs, as in "l1".
    public let name: String
    /// Whether the penalty makes most units inactive.
    public let makesSparse: Bool
    /// λ of a penalty λ · bits, which is also reported in bits; nil for other penalties.
    public let perBit: Double?

    public init(_ name: String, makesSparse: Bool = false, perBit: Double? = nil) {
      self.name = name
      self.makesSparse = makesSparse
      self.perBit = perBit
    }
  }

  /// The name of the layer's share of the loss in logs; nil where the layer has no share.
  public var lossTerm: String? {
    switch self {
    case .penalty(let penalty): penalty.name
    case .draws: "kl"
    default: nil
    }
  }

  /// Whether numbers go through one by one, as they are or with noise.
  package var keepsShape: Bool {
    switch self {
    case .corruption, .penalty: true
    case .map, .heads, .draws, .condition: false
    }
  }

  public var isPenalty: Bool { if case .penalty = self { true } else { false } }

  /// The number of output rows for each input row where there is noise.
  public var expansion: Int { if case .draws(let count, _) = self { count } else { 1 } }
}

/// The memory that a layer needs beside its input, output and parameters.
public struct LayerMemory: Sendable, Equatable {
  /// The number of random numbers per sample, which are drawn before `forward`.
  public var noise: Int
  /// The number of numbers per sample that `forward` keeps for `backward`.
  public var scratch: Int
  /// The number of numbers that a call needs for its work and that no later call reads.
  public var work: Int

  public init(noise: Int = 0, scratch: Int = 0, work: Int = 0) {
    self.noise = noise
    self.scratch = scratch
    self.work = work
  }
}

/// Says how a layer's work may be cut into tiles.
public struct LayerCut: Sendable, Equatable {
  /// Whether `forward` and `backward` can compute some rows without the others; false where a layer couples the
  /// samples.
  public var rows: Bool
  /// Whether `forward` and `backward` can compute some columns without the others.
  public var columns: Bool
  /// The number of units that `parameterGradient` can be asked for in ranges, such as the rows of a weight matrix.
  public var units: Int
  /// The number at whose multiples ranges of units begin, where there are enough units.
  public var alignment: Int

  public init(rows: Bool = true, columns: Bool = false, units: Int = 0, alignment: Int = 1) {
    self.rows = rows
    self.columns = columns
    self.units = units
    self.alignment = alignment
  }
}
