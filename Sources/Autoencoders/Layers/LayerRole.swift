/// What a layer is in a network.
public enum LayerRole: Sendable, Equatable {
  /// A function of what comes in, with parameters or without.
  case map
  /// Noise on what comes in, while training; the identity elsewhere. The noise is nil where it is of another kind than
  /// `Corruption` has.
  case corruption(Corruption?)
  /// The identity, with a share of the loss.
  case penalty(Penalty)
  /// Means and log-variances of a code of `latent` numbers, which q(z|x) has.
  case heads(latent: Int)
  /// Draws from the heads' distribution, `count` rows for each row that comes in. The layer's share of the loss is the
  /// divergence from the prior, weighed by `beta`; nil where the loss has no divergence of its own.
  case draws(count: Int, beta: Double?)
  /// The sample's class, of so many, beside what comes in.
  case condition(classes: Int)

  /// A layer's share of the loss.
  public struct Penalty: Sendable, Equatable {
    /// What it is called in logs: "l1".
    public let name: String
    /// Whether it makes units rest.
    public let makesSparse: Bool
    /// λ of a penalty λ · bits, which is also reported in bits; nil for other penalties.
    public let perBit: Double?

    public init(_ name: String, makesSparse: Bool = false, perBit: Double? = nil) {
      self.name = name
      self.makesSparse = makesSparse
      self.perBit = perBit
    }
  }

  /// What the layer's share of the loss is called in logs; nil where it has none.
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

  /// Rows that come out for each row that comes in, where there is noise.
  public var expansion: Int { if case .draws(let count, _) = self { count } else { 1 } }
}

/// The memory that a layer needs beside its input, output and parameters.
public struct LayerMemory: Sendable, Equatable {
  /// Random numbers per sample, drawn before forward.
  public var noise: Int
  /// Numbers per sample that forward keeps for backward.
  public var scratch: Int
  /// Numbers that a call works with and forgets.
  public var work: Int

  public init(noise: Int = 0, scratch: Int = 0, work: Int = 0) {
    self.noise = noise
    self.scratch = scratch
    self.work = work
  }
}

/// How a layer's work may be cut into tiles.
public struct LayerCut: Sendable, Equatable {
  /// Whether forward and backward can compute some rows without the others; not where a layer couples the samples.
  public var rows: Bool
  /// Whether forward and backward can compute some columns without the others.
  public var columns: Bool
  /// How many parts `parameterGradient` can be asked for, such as the rows of a weight matrix.
  public var units: Int
  /// Ranges of units begin at multiples of this number, where there are enough units.
  public var alignment: Int

  public init(rows: Bool = true, columns: Bool = false, units: Int = 0, alignment: Int = 1) {
    self.rows = rows
    self.columns = columns
    self.units = units
    self.alignment = alignment
  }
}
