import Glibc

/// The softmax of a few numbers, and its logarithm.
struct Shares {
  let logarithms: [Double]
  let shares: [Double]

  init(_ numbers: [Double]) {
    let most = numbers.max() ?? 0
    let sum = log(numbers.reduce(0) { $0 + exp($1 - most) })
    logarithms = numbers.map { $0 - most - sum }
    shares = logarithms.map { exp($0) }
  }
}
