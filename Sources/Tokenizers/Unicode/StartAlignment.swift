/// Finds which scalars of a normalized text count as its start in the reference. The reference
/// aligns result and source scalar by scalar, without regard to which source scalar a result comes
/// from, so that reordered marks are aligned with the scalars in whose position they are written.
struct StartAlignment {
  /// A scalar of the result, and by how much it changes the count of scalars: above 0 for an added
  /// scalar, below 0 for one composed of several.
  private typealias Step = (scalar: UInt32, change: Int)

  let data: CanonicalData
  /// The decompositions.
  let mapping: ScalarMapping
  let composes: Bool

  /// The scalars of the result that begin the text.
  /// - Parameters:
  ///   - scalars: the text, at least to the end of the marks behind those that begin it.
  ///   - count: how many of them begin the text.
  func begun(_ scalars: [UInt32], count: Int) -> [UInt32] {
    let decomposed = decomposed(scalars)
    var position = 0
    return (composes ? composed(decomposed) : decomposed).prefix { step in
      if step.change > 0 { return position <= count }
      defer { position += 1 - step.change }
      return position < count
    }.map(\.scalar)
  }

  /// Whether a scalar is, or decomposes to, a starter, which marks are not reordered across.
  func isStarter(_ scalar: UInt32) -> Bool {
    var first: UInt32?
    mapping(scalar) { first = first ?? $0 }
    return data.combiningClass(first ?? scalar) == 0
  }

  private func decomposed(_ scalars: [UInt32]) -> [Step] {
    var steps: [Step] = []
    steps.reserveCapacity(scalars.count + 2)
    // Where the marks begin that are not in order yet.
    var marks = 0
    for scalar in scalars {
      var change = 0
      takeApart(scalar) { part in
        if data.combiningClass(part) == 0 {
          order(&steps, from: marks)
          marks = steps.count + 1
        }
        steps.append((part, change))
        change = 1
      }
    }
    order(&steps, from: marks)
    return steps
  }

  private func takeApart(_ scalar: UInt32, _ emit: (UInt32) -> Void) {
    guard scalar >= 0xAC00, scalar <= 0xD7A3 else { return mapping(scalar, emit) }
    var decomposition = CanonicalDecomposition(data)
    decomposition.push(scalar, emit)
  }

  private func order(_ steps: inout [Step], from start: Int) {
    guard steps.count > start + 1 else { return }
    // `sort` is stable.
    steps[start...].sort { data.combiningClass($0.scalar) < data.combiningClass($1.scalar) }
  }

  private func composed(_ steps: [Step]) -> [Step] {
    var result: [Step] = []
    var starter: Int?
    var lastClass: UInt32?
    for step in steps {
      let combiningClass = data.combiningClass(step.scalar)
      if let starter, lastClass.map({ $0 < combiningClass }) ?? true,
        let composite = data.composition(result[starter].scalar, step.scalar)
      {
        result[starter] = (composite, result[starter].change + step.change - 1)
        continue
      }
      if combiningClass == 0 {
        starter = result.count
        lastClass = nil
      } else if starter != nil {
        lastClass = combiningClass
      }
      result.append(step)
    }
    return result
  }
}
