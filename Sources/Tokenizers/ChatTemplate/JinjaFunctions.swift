import Glibc

/// The functions that every template has.
enum JinjaFunctions {
  static let names = [
    "cycler", "dict", "joiner", "lipsum", "namespace", "raise_exception", "range", "strftime_now",
  ]
  /// As many as Jinja's sandbox gives.
  private static let mostOfRange = 100_000

  static func call(
    _ name: String, _ arguments: JinjaArguments, _ run: JinjaRenderer
  ) throws -> JinjaValue {
    switch name {
    case "raise_exception":
      let message = try arguments.values(["message"], of: "`raise_exception`")[0] ?? .none
      throw JinjaProblem(
        "the template refuses this: \(String(decoding: try run.text(message), as: UTF8.self))")
    case "range": return .list(try run.items(try range(arguments, run)))
    case "namespace":
      let space = run.namespace()
      space.members = try dict(arguments, run)
      for key in space.members.keys {
        try checkAttribute(String(decoding: try run.text(key), as: UTF8.self))
      }
      return .namespace(space)
    case "dict": return .dict(try dict(arguments, run))
    case "strftime_now":
      guard case .text(let format)? = try arguments.values(["format"], of: "`strftime_now`")[0]
      else { throw JinjaProblem("`strftime_now` needs a format") }
      try run.charge(format.count)
      return .text(now(format))
    default: throw JinjaProblem("the function `\(name)` is not supported")
    }
  }

  /// Refuses names of a namespace that the reference refuses.
  static func checkAttribute(_ name: String) throws {
    guard !name.hasPrefix("_") else {
      throw JinjaProblem("`\(name.prefix(40))` cannot be set: it begins with an underscore")
    }
  }

  private static func range(_ arguments: JinjaArguments, _ run: JinjaRenderer) throws
    -> [JinjaValue]
  {
    guard arguments.named.isEmpty else { throw JinjaProblem("`range` takes no names") }
    let numbers = try arguments.positional.map { try run.whole($0, "range") ?? 0 }
    guard 1...3 ~= numbers.count else { throw JinjaProblem("`range` takes 1 to 3 integers") }
    let (start, end) = numbers.count == 1 ? (0, numbers[0]) : (numbers[0], numbers[1])
    let step = numbers.count == 3 ? numbers[2] : 1
    guard step != 0 else { throw JinjaProblem("`range` with step 0") }
    var values: [JinjaValue] = []
    var next = start
    while step > 0 ? next < end : next > end {
      guard values.count < mostOfRange else {
        throw JinjaProblem("`range` of more than \(mostOfRange) numbers")
      }
      values.append(.int(next))
      let (sum, overflow) = next.addingReportingOverflow(step)
      if overflow { break }
      next = sum
    }
    return values
  }

  /// `dict(a=1)`, `dict(other, a=1)`, `dict(pairs)`.
  private static func dict(_ arguments: JinjaArguments, _ run: JinjaRenderer) throws -> JinjaDict {
    guard arguments.positional.count < 2 else { throw JinjaProblem("`dict` takes one dict") }
    var dict = JinjaDict()
    switch arguments.positional.first {
    case nil: break
    case .dict(let other)?:
      try run.charge(other.count)
      dict = other
    case .namespace(let space)?: dict = space.members
    case let pairs?:
      for pair in try run.walked(pairs) {
        let both = try run.walked(pair)
        guard both.count == 2 else { throw JinjaProblem("`dict` needs pairs") }
        try run.set(both[0], both[1], in: &dict)
      }
    }
    for (name, value) in arguments.named { try run.set(JinjaValue(name), value, in: &dict) }
    return dict
  }

  /// The time, where this runs, as `strftime` writes it.
  private static func now(_ format: [UInt8]) -> [UInt8] {
    var (seconds, date) = (time(nil), tm())
    localtime_r(&seconds, &date)
    // Longer than any date; what does not fit is left out as a whole.
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = (format.map { CChar(bitPattern: $0) } + [0]).withUnsafeBufferPointer { text in
      text.baseAddress.map { strftime(&buffer, buffer.count, $0, &date) } ?? 0
    }
    // What the C library cuts within a character is no text any more.
    return Array(
      String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self).utf8)
  }
}
