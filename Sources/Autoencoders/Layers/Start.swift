/// How weights start: uniform in ±bound, biases at zero; `pca` then puts principal components into them.
public enum Start: String, Sendable, Codable, CaseIterable {
  /// He et al. 2015: √(6 / fan_in) before a rectifier (ReLU and its kin), which halves the variance; ±1/√fan_in before
  /// anything else.
  case he
  /// Glorot and Bengio 2010: √(6 / (fan_in + fan_out)).
  case glorot
  /// ±1/√fan_in everywhere: a third of the variance that keeps a linear layer's.
  case fanIn = "fan-in"
  /// As the principal components of the training data, of dense layers wide enough: the reconstruction error before the
  /// first step is that of PCA (`PCAStart`). Without data, and of units that no component needs, as `he`.
  case pca

  /// The bound for a layer of `inputs` × `outputs` followed by `activation`.
  public func bound(inputs: Int, outputs: Int, activation: Activation) -> Double {
    switch self {
    case .he where activation.isRectifier, .pca where activation.isRectifier: (6 / Double(inputs)).squareRoot()
    case .he, .fanIn, .pca: 1 / Double(inputs).squareRoot()
    case .glorot: (6 / Double(inputs + outputs)).squareRoot()
    }
  }
}
