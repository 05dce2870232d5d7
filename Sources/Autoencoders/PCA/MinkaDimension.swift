import Linalg

/// Returns the number of components with the largest evidence, from 1 to one less than there are variances.
///
/// `variances` are those above rounding, descending. N samples vary in N − 1 directions at most; where they vary in so
/// many, the variances of the other features are 0 for want of samples and belong to the noise. Where they vary in
/// fewer, features follow from others, and directions that can have no variance say nothing about the noise.
///
/// Source: T. P. Minka, Automatic choice of dimensionality for PCA, NIPS 2000, equation 30 (Laplace's approximation).
func minkaDimension(_ variances: [Double], features: Int, samples: Int) -> Int {
  let r = variances.count
  if r < 2 { return 1 }
  let n = r == samples - 1 ? features : r
  let count = Double(samples)
  var best = (value: -Double.infinity, rank: 1)
  var subspaces = 0.0
  var logSum = 0.0
  // The sums of what a rank leaves out start from the small end, because differences would cancel.
  var rests = variances
  for k in (0..<r - 1).reversed() { rests[k] += rests[k + 1] }
  for rank in 1..<r {
    let dimension = Double(n - rank + 1)
    subspaces += logGamma(dimension / 2) - Double.log(Double.pi) * dimension / 2 - Double.log(2)
    logSum += Double.log(variances[rank - 1])
    let noise = rests[rank] / Double(n - rank)
    let k = Double(rank)
    let free = Double(n) * k - k * (k + 1) / 2
    var curvature = 0.0
    for i in 0..<rank {
      let largest = variances[i]
      func add(_ variance: Double, _ other: Double, times: Int = 1) {
        // Equal variances have no direction of their own to be uncertain about.
        if largest <= variance || largest <= other || times == 0 { return }
        let term = Double.log((largest - variance) * (1 / other - 1 / largest)) + Double.log(count)
        curvature += Double(times) * term
      }
      for j in i + 1..<r { add(variances[j], j < rank ? variances[j] : noise) }
      add(0, noise, times: n - r)
    }
    let evidence =
      subspaces - logSum * count / 2 - Double.log(noise) * count * Double(n - rank) / 2
      + Double.log(2 * Double.pi) * (free + k) / 2 - curvature / 2 - k * Double.log(count) / 2
    if evidence > best.value { best = (evidence, rank) }
  }
  return best.rank
}
