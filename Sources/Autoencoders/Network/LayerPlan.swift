/// What the stages of a batch ask of a layer, read once: a step of a small network is too short to ask again in every
/// tile.
struct LayerPlan: Sendable {
  let inputSize, outputSize: Int
  let memory: LayerMemory
  let cut: LayerCut
  /// Rows that come out for each row that comes in, where there is noise.
  let expansion: Int
  let isPenalty: Bool

  init(_ layer: any Layer) {
    inputSize = layer.inputSize
    outputSize = layer.outputSize
    memory = layer.memory
    cut = layer.cut
    expansion = layer.role.expansion
    isPenalty = layer.role.isPenalty
  }
}
