/// What a reader can touch. Scripts replace `fallback`, which is what is shown without them and in print.
public struct Widget: Sendable {
  public let kind: WidgetKind
  /// What the kind's script works on; docs/pages.md says what each kind expects.
  public let data: PageData
  public let fallback: [PageBlock]

  public init(_ kind: WidgetKind, data: PageData, fallback: [PageBlock]) {
    self.kind = kind
    self.data = data
    self.fallback = fallback
  }
}

/// The kinds of widgets. The script of a kind is the asset of its name.
public enum WidgetKind: String, Sendable, CaseIterable {
  /// Two normal distributions on sliders, and the divergence between them.
  case kl
  /// Two coins on sliders, and the divergence between them.
  case coins
  /// Codecs at equal bytes, with the bytes on a slider.
  case rate
  /// Which units fire for a sample, and which samples excite a unit.
  case units
  /// A noisy image, cleaned by a model.
  case denoise
  /// Points in the plane that follow a vector field.
  case field
  /// A code of one number, decoded beside the nearest training sample.
  case memory
  /// An image that the reader draws, coded and reconstructed by several models.
  case draw
  /// A code of two numbers to drag over.
  case plane
  /// A slider for each number of the code.
  case sliders
  /// What lies between two samples.
  case interpolate

  /// Whether the kind's script runs a model.
  var runsModel: Bool {
    switch self {
    case .kl, .coins, .rate: false
    case .units, .denoise, .field, .memory, .draw, .plane, .sliders, .interpolate: true
    }
  }
}
