/// A layer still to be sized and placed: what the list of a variant is made of.
public enum LayerSpec: Sendable, Equatable {
  /// A fully connected layer of so many outputs, with the activation behind it.
  case dense(Int, Activation = .identity)

  /// The layer for `inputs` features; its tensors go behind what `layout` holds, named by `name`.
  package func layer(inputs: Int, start: Start, name: String, in layout: inout ParameterLayout) -> any Layer {
    switch self {
    case .dense(let outputs, let activation):
      Dense(inputs: inputs, outputs: outputs, activation: activation, start: start, name: name, in: &layout)
    }
  }
}
