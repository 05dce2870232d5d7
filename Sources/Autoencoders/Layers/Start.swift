/// Says how weights start: they are uniform in ±bound, and biases are zero; `pca` then puts principal components into
/// them.
public enum Start: String, Sendable, Codable, CaseIterable {
  /// The bound is √(6 / fan_in) before a rectifier (ReLU and its kin), which halves the variance, and 1/√fan_in before
  /// any other activation (He et al. 2015).
  case he
  /// The bound is √(6 / (fan_in + fan_out)) (Glorot and Bengio 2010).
  case glorot
  /// The bound is 1/√fan_in everywhere, which gives a third of the weight variance that keeps the variance of a linear
  /// layer.
  case fanIn = "fan-in"
  /// Dense layers that are wide enough start as the principal components of the training data, so the reconstruction
  /// error before the first step is that of PCA (`PCAStart`). Without data, and for units that no component needs, the
  /// start is `he`.
  case pca

  /// Returns the bound for a layer of `inputs` × `outputs` followed by `activation`.
  public func bound(inputs: Int, outputs: Int, activation: Activation) -> Double {
    switch self {
    case .he where activation.isRectifier, .pca where activation.isRectifier: (6 / Double(inputs)).squareRoot()
    case .he, .fanIn, .pca: 1 / Double(inputs).squareRoot()
    case .glorot: (6 / Double(inputs + outputs)).squareRoot()
    }
  }
}
