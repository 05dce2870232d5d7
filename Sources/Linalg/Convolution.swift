import Synchronization

/// The sizes of a two-dimensional convolution between a big image and a small one, and the tables that say where each
/// pixel finds its neighbours.
///
/// Images lie pixel by pixel, with the channels of a pixel side by side (`Volume`). The weight w is small channels ×
/// (big channels · kernel²); its columns are in the order [big channel, ky, kx], as PyTorch keeps it. With p and q
/// pixels of the small and the big image, s and b channels of them, and k a place of the kernel:
///
///     down, C:   small[p, s] = Σ over k, b of w[s, b, k] · big[stride · p + k − padding, b]
///     up, Cᵀ:    big[q, b]   = Σ over p, k with stride · p + k − padding = q, and s, of w[s, b, k] · small[p, s]
///
/// `up` is the exact adjoint of `down`: a transposed convolution. The pixels that it gives fall into stride² phases by
/// the remainder of their coordinates. All pixels of a phase see the same places of the kernel, so both directions are
/// one loop over a `GatherPlan`.
public struct Convolution: Sendable {
  public let big: Volume
  public let small: Volume
  public let kernel: Int
  public let stride: Int
  public let padding: Int
  private let plans = Plans()

  /// The plans of both directions. They are made when they are first used, so that the sizes alone, which are all that
  /// checking a model needs, cost nothing.
  /// Of two workers that make a plan at the same time, both get that of the first.
  private final class Plans: Sendable {
    let down = AtomicLazyReference<GatherPlan>()
    let up = AtomicLazyReference<GatherPlan>()
  }

  var downPlan: GatherPlan {
    plans.down.load() ?? plans.down.storeIfNil(Self.down(big, small, kernel, stride, padding))
  }

  var upPlan: GatherPlan {
    plans.up.load() ?? plans.up.storeIfNil(Self.up(big, small, kernel, stride, padding))
  }

  /// Returns the side that a side of `length` is brought down to, ⌊(length + 2 · padding − kernel) / stride⌋ + 1, or 0
  /// where the kernel is larger than the padded side.
  public static func length(_ length: Int, kernel: Int, stride: Int, padding: Int) -> Int {
    let room = length + 2 * padding - kernel
    return room < 0 ? 0 : room / stride + 1
  }

  /// Makes the convolution between `big` and the small image of `channels` channels that `big` is brought down to.
  public init(big: Volume, channels: Int, kernel: Int, stride: Int, padding: Int) {
    precondition(kernel > 0 && stride > 0 && padding >= 0, "Convolution: kernel \(kernel), stride \(stride)")
    func length(_ side: Int) -> Int { Self.length(side, kernel: kernel, stride: stride, padding: padding) }
    self.big = big
    small = Volume(height: length(big.height), width: length(big.width), channels: channels)
    self.kernel = kernel
    self.stride = stride
    self.padding = padding
  }

  /// The number of places in the kernel.
  public var taps: Int { kernel * kernel }

  /// Returns the rows and columns of the padded big image, which reaches as far as the last place of the kernel does.
  private static func paddedSides(ofBig big: Volume, _ small: Volume, _ kernel: Int, _ stride: Int, _ padding: Int)
    -> (height: Int, width: Int)
  {
    (
      max(padding + big.height, (small.height - 1) * stride + kernel),
      max(padding + big.width, (small.width - 1) * stride + kernel)
    )
  }

  /// Returns the rows and columns of the small image with a margin before it, which the kernel needs where it reaches
  /// over the edge.
  private static func paddedSides(ofSmall small: Volume, _ big: Volume, margin: Int, _ stride: Int, _ padding: Int)
    -> (height: Int, width: Int)
  {
    (
      margin + max(small.height, (big.height - 1 + padding) / stride + 1),
      margin + max(small.width, (big.width - 1 + padding) / stride + 1)
    )
  }

  /// How many numbers the larger of the two padded images has.
  var paddedCount: Int {
    let down = Self.paddedSides(ofBig: big, small, kernel, stride, padding)
    let up = Self.paddedSides(ofSmall: small, big, margin: (kernel - 1) / stride, stride, padding)
    return max(down.height * down.width * big.channels, up.height * up.width * small.channels)
  }

  /// Makes the plan of `down`, which has one phase: small pixel (y, x) begins at (stride · y, stride · x) of the padded
  /// big image.
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

  /// Makes the plan of `up`, which has stride² phases: big pixel y = stride · p + k − padding gets a term from each
  /// small pixel p = (y + padding − k) / stride, for those k that have the same remainder by `stride` as y + padding.
  private static func up(_ big: Volume, _ small: Volume, _ kernel: Int, _ stride: Int, _ padding: Int) -> GatherPlan {
    // Since the sums reach back to small pixel −margin, `margin` rows and columns of zeros lie before the image.
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

/// Tables that say how every pixel of a target image is summed up from a source image with zeros around it. The kernels
/// walk through them.
final class GatherPlan: @unchecked Sendable {
  // Sharing a plan between threads is sound because nothing is written after `init`.

  /// The target pixels that see the same places of the kernel.
  ///
  /// The tables are plain pointers, because arrays would be retained and released for every sample.
  struct Phase {
    /// How many target pixels the phase has; their indices (`targets`); and where each begins in the padded source
    /// (`origins`), counted in numbers.
    let pixels: Int
    let targets: UnsafePointer<Int>
    let origins: UnsafePointer<Int>
    /// How many numbers a pixel sees, and how far each lies from the pixel's origin (`places`): place of the kernel by
    /// place, and in each, channel by channel.
    let rows: Int
    let places: UnsafePointer<Int>
    /// The row of the packed weight that belongs to the first of these numbers.
    let firstRow: Int
  }

  /// What a phase is made from: target pixels with their origins, and places of the kernel with their offsets, both
  /// counted in pixels.
  struct Lists {
    var pixels: [(target: Int, origin: Int)] = []
    var taps: [(index: Int, offset: Int)] = []
  }

  let source: Volume
  let target: Volume
  /// The sides of the padded source. The source lies `margin` rows and columns into it.
  let height: Int
  let width: Int
  let margin: Int
  /// The places of the kernel, in the order of the packed weight's rows.
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

  /// Copies a sample into the middle of `padded` and leaves the rim as it is.
  @specialized(where S == Float)
  @specialized(where S == Double)
  func pad<S: BLASScalar>(_ sample: UnsafePointer<S>, into padded: UnsafeMutablePointer<S>) {
    let row = source.width * source.channels
    let lanes = S.Vector.lanes
    var from = sample
    var to = padded + (margin * width + margin) * source.channels
    for _ in 0..<source.height {
      // The rows are so short that calling a copy function for each would take longer than this loop.
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
