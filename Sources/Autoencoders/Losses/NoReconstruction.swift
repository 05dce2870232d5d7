import Linalg

/// A loss that is 0 and stands in the place of another, to see what the other terms do alone.
public struct NoReconstruction: Loss {
  public static let form = LossForm(
    name: "no-reconstruction", summary: "the other terms of the loss alone", examples: [])
  let replaced: any Loss
  public var state: Parameter? { replaced.state }
  public var link: Link { replaced.link }
  public var isLikelihood: Bool { replaced.isLikelihood }
  public var isAbsent: Bool { true }

  init(replaced: any Loss) { self.replaced = replaced }

  /// Returns nil, since no text names this loss.
  public init?(argument: String?) { nil }

  public func placed(in layout: inout ParameterLayout) -> Self { Self(replaced: replaced.placed(in: &layout)) }

  @specialized(where S == Float)
  @specialized(where S == Double)
  public func evaluate<S: BLASScalar>(
    _ y: MatrixView<S>, target: MatrixView<S>, gradient dy: MutableMatrixView<S>, batch: Int, parameters: MatrixView<S>
  ) -> Double {
    dy.fill(0)
    return 0
  }
}
