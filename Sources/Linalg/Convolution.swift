import Synchronization

/// The sizes of a two-dimensional convolution between a big image and a small one, and where each pixel finds its
/// neighbours.
///
/// Images lie pixel by pixel, the channels of a pixel side by side (`Volume`); the weight w is small channels ×
/// (big channels · kernel²), its columns in the order [big channel, ky, kx], as PyTorch keeps it. With p, q pixels of the
/// small and big image and k a place of the kernel:
///
///     down, C:   small[p, s] = Σ over k, b of w[s, b, k] · big[stride · p + k − padding, b]
///     up, Cᵀ:    big[q, b]   = Σ over p, k with stride · p + k − padding = q, and s, of w[s, b, k] · small[p, s]
///
/// `up` is the exact adjoint of `down`: a transposed convolution. Its pixels fall into stride² phases by their remainder;
/// within a phase all see the same places of the kernel, so that both directions are one loop (`GatherPlan`).
public struct Convolution: Sendable {
  public let big: Volume
  public let small: Volume
  public let kernel: Int
  public let stride: Int
  public let padding: Int
  private let plans = Plans()

  /// Made when first used: a size alone, as of a model that is checked, costs nothing.
  private final class Plans: Sendable {
    let down = Mutex<GatherPlan?>(nil)
    let up = Mutex<GatherPlan?>(nil)
  }

  var downPlan: GatherPlan {
    plans.down.withLock { plan in
      let made = plan ?? Self.down(big, small, kernel, stride, padding)
      plan = made
      return made
    }
  }

  var upPlan: GatherPlan {
    plans.up.withLock { plan in
      let made = plan ?? Self.up(big, small, kernel, stride, padding)
      plan = made
      return made
    }
  }

  /// The side that a side of `length` is brought down to: ⌊(length + 2 · padding − kernel) / stride⌋ + 1; below 1 where
  /// the kernel is larger than the padded side.
  public static func length(_ length: Int, kernel: Int, stride: Int, padding: Int) -> Int {
    let room = length + 2 * padding - kernel
    return room < 0 ? 0 : room / stride + 1
  }

  /// Between `big` and the small image of `channels` that it is brought down to.
  public init(big: Volume, channels: Int, kernel: Int, stride: Int, padding: Int) {
    precondition(kernel > 0 && stride > 0 && padding >= 0, "Convolution: kernel \(kernel), stride \(stride)")
    func length(_ side: Int) -> Int { Self.length(side, kernel: kernel, stride: stride, padding: padding) }
    self.big = big
    small = Volume(height: length(big.height), width: length(big.width), channels: channels)
    self.kernel = kernel
    self.stride = stride
    self.padding = padding
  }

  /// Places of the kernel.
  public var taps: Int { kernel * kernel }

  /// Rows and columns of the padded big image: as far as the last place of the kernel reaches.
  private static func paddedSides(ofBig big: Volume, _ small: Volume, _ kernel: Int, _ stride: Int, _ padding: Int)
    -> (height: Int, width: Int)
  {
    (
      max(padding + big.height, (small.height - 1) * stride + kernel),
      max(padding + big.width, (small.width - 1) * stride + kernel)
    )
  }

  /// Rows and columns of the small image with a margin before it, since the kernel reaches over the edge.
  private static func paddedSides(ofSmall small: Volume, _ big: Volume, margin: Int, _ stride: Int, _ padding: Int)
    -> (height: Int, width: Int)
  {
    (
      margin + max(small.height, (big.height - 1 + padding) / stride + 1),
      margin + max(small.width, (big.width - 1 + padding) / stride + 1)
    )
  }

  /// Numbers of the larger padded image.
  var paddedCount: Int {
    let down = Self.paddedSides(ofBig: big, small, kernel, stride, padding)
    let up = Self.paddedSides(ofSmall: small, big, margin: (kernel - 1) / stride, stride, padding)
    return max(down.height * down.width * big.channels, up.height * up.width * small.channels)
  }

  /// One phase: small pixel (y, x) begins at (stride · y, stride · x) of the padded big image.
  private static func down(_ big: Volume, _ small: Volume, _ kernel: Int, _ stride: Int, _ padding: Int) -> GatherPlan {
    let (height, width) = paddedSides(ofBig: big, small, kernel, stride, padding)
    var phase = GatherPlan.Lists()
    for y in 0..<small.height {
      for x in 0..<small.width { phase.pixels.append((y * small.width + x, y * stride * width + x * stride)) }
    }
    for ky in 0..<kernel {
      for kx in 0..<kernel { phase.taps.append((ky * kernel + kx, ky * width + kx)) }
    }
    return GatherPlan(source: big, target: small, height: height, width: width, margin: padding, [phase])
  }

  /// stride² phases: big pixel y = stride · p + k − padding gets from p = (y + padding − k) / stride, for the k with the
  /// remainder of y + padding.
  private static func up(_ big: Volume, _ small: Volume, _ kernel: Int, _ stride: Int, _ padding: Int) -> GatherPlan {
    // Small pixels run from −margin on.
    let margin = (kernel - 1) / stride
    let (height, width) = paddedSides(ofSmall: small, big, margin: margin, stride, padding)
    var phases: [GatherPlan.Lists] = []
    for fy in 0..<stride {
      for fx in 0..<stride {
        var phase = GatherPlan.Lists()
        for y in 0..<big.height where (y + padding) % stride == fy {
          for x in 0..<big.width where (x + padding) % stride == fx {
            let (row, column) = ((y + padding) / stride + margin, (x + padding) / stride + margin)
            phase.pixels.append((y * big.width + x, row * width + column))
          }
        }
        for (i, ky) in Swift.stride(from: fy, to: kernel, by: stride).enumerated() {
          for (j, kx) in Swift.stride(from: fx, to: kernel, by: stride).enumerated() {
            phase.taps.append((ky * kernel + kx, -(i * width + j)))
          }
        }
        phases.append(phase)
      }
    }
    return GatherPlan(source: small, target: big, height: height, width: width, margin: margin, phases)
  }
}

/// How every pixel of a target image is summed up from a source image with zeros around it: tables that kernels walk
/// through.
final class GatherPlan: @unchecked Sendable {
  // Sound because nothing is written after init.

  /// Pixels that see the same places of the kernel. Plain pointers: arrays would be retained and released for every
  /// sample.
  struct Phase {
    /// Pixels of the target, and where each begins in the padded source, in numbers.
    let pixels: Int
    let targets: UnsafePointer<Int>
    let origins: UnsafePointer<Int>
    /// From an origin to each number that a pixel sees there: place of the kernel by place, channel by channel.
    let rows: Int
    let places: UnsafePointer<Int>
    /// The row of the packed weight that belongs to the first of them.
    let firstRow: Int
  }

  /// What a phase is made from: target pixels with their origins, places of the kernel with their offsets, in pixels.
  struct Lists {
    var pixels: [(target: Int, origin: Int)] = []
    var taps: [(index: Int, offset: Int)] = []
  }

  let source: Volume
  let target: Volume
  /// The padded source: the source lies `margin` rows and columns into it.
  let height: Int
  let width: Int
  let margin: Int
  /// Places of the kernel in the order of the packed weight's rows.
  let taps: [Int]
  let phases: UnsafeMutableBufferPointer<Phase>
  private let table: UnsafeMutablePointer<Int>

  var paddedCount: Int { height * width * source.channels }

  init(source: Volume, target: Volume, height: Int, width: Int, margin: Int, _ lists: [Lists]) {
    self.source = source
    self.target = target
    self.height = height
    self.width = width
    self.margin = margin
    taps = lists.flatMap { $0.taps.map(\.index) }
    let channels = source.channels
    table = .allocate(capacity: lists.reduce(1) { $0 + 2 * $1.pixels.count + $1.taps.count * channels })
    phases = .allocate(capacity: lists.count)
    var next = table
    func append(_ numbers: some Sequence<Int>) -> UnsafePointer<Int> {
      let start = next
      for number in numbers {
        next.initialize(to: number)
        next += 1
      }
      return UnsafePointer(start)
    }
    var row = 0
    for (index, list) in lists.enumerated() {
      let rows = list.taps.count * channels
      phases.initializeElement(
        at: index,
        to: Phase(
          pixels: list.pixels.count, targets: append(list.pixels.map(\.target)),
          origins: append(list.pixels.map { $0.origin * channels }), rows: rows,
          places: append(list.taps.flatMap { tap in (0..<channels).map { tap.offset * channels + $0 } }),
          firstRow: row))
      row += rows
    }
  }

  deinit {
    phases.deallocate()
    table.deallocate()
  }

  /// Copies a sample into the middle of `padded`, whose rim is left as it is.
  @specialized(where S == Float)
  @specialized(where S == Double)
  func pad<S: BLASScalar>(_ sample: UnsafePointer<S>, into padded: UnsafeMutablePointer<S>) {
    let row = source.width * source.channels
    let lanes = S.Vector.lanes
    var from = sample
    var to = padded + (margin * width + margin) * source.channels
    for _ in 0..<source.height {
      // Rows are short; a call for each takes longer.
      var j = 0
      while j + lanes <= row {
        S.Vector(loading: from + j).store(to: to + j)
        j += lanes
      }
      while j < row {
        to[j] = from[j]
        j += 1
      }
      from += row
      to += width * source.channels
    }
  }
}
