/// The value of a key, or where its text or its list lies in the file.
enum GGUFValue: Sendable {
  case unsigned(UInt64)
  case signed(Int64)
  case real(Double)
  case bool(Bool)
  case string(Range<Int>)
  case strings([Range<Int>])
  /// Numbers beside each other.
  case numbers(Number, Range<Int>)

  /// The numbers by the types that the format gives them.
  enum Number: UInt32, Sendable {
    case uint8 = 0
    case int8, uint16, int16, uint32, int32, float32, bool
    case uint64 = 10
    case int64, float64

    var bytes: Int {
      switch self {
      case .uint8, .int8, .bool: 1
      case .uint16, .int16: 2
      case .uint32, .int32, .float32: 4
      case .uint64, .int64, .float64: 8
      }
    }
  }

  private static let stringType: UInt32 = 8
  private static let arrayType: UInt32 = 9

  init(_ reader: inout ByteReader, type: UInt32, key: String, _ path: String) throws {
    switch type {
    case Self.stringType: self = .string(try Self.string(&reader, path))
    case Self.arrayType: self = try Self.list(&reader, key, path)
    default:
      guard let number = Number(rawValue: type) else { throw Self.unknown(type, key, path) }
      self = try Self.number(&reader, number)
    }
  }

  private static func unknown(_ type: UInt32, _ key: String, _ path: String) -> FileError {
    FileError("\(path): key `\(legible(key))` has a value of type \(type), which is not known")
  }

  private static func number(_ reader: inout ByteReader, _ type: Number) throws -> GGUFValue {
    switch type {
    case .uint8: .unsigned(UInt64(try reader.next(UInt8.self)))
    case .uint16: .unsigned(UInt64(try reader.next(UInt16.self)))
    case .uint32: .unsigned(UInt64(try reader.next(UInt32.self)))
    case .uint64: .unsigned(try reader.next(UInt64.self))
    case .int8: .signed(Int64(try reader.next(Int8.self)))
    case .int16: .signed(Int64(try reader.next(Int16.self)))
    case .int32: .signed(Int64(try reader.next(Int32.self)))
    case .int64: .signed(try reader.next(Int64.self))
    case .bool: .bool(try reader.next(UInt8.self) != 0)
    case .float32: .real(Double(Float(bitPattern: try reader.next(UInt32.self))))
    case .float64: .real(Double(bitPattern: try reader.next(UInt64.self)))
    }
  }

  /// A text: its length, and its bytes.
  static func string(_ reader: inout ByteReader, _ path: String) throws -> Range<Int> {
    let length = try reader.next(UInt64.self)
    guard let count = Int(exactly: length), count <= reader.remaining else {
      throw FileError(
        "\(path) is cut short: a text at byte \(reader.position) should have \(length) bytes, there "
          + "are \(reader.remaining)")
    }
    return try reader.skip(count)
  }

  private static func list(
    _ reader: inout ByteReader, _ key: String, _ path: String
  ) throws -> GGUFValue {
    let type = try reader.next(UInt32.self)
    let length = try reader.next(UInt64.self)
    // A text has eight bytes at least, a number one.
    let least = type == stringType ? 8 : Number(rawValue: type)?.bytes ?? 1
    guard let count = Int(exactly: length), count <= reader.remaining / least else {
      throw FileError(
        "\(path) is cut short: key `\(legible(key))` should have \(length) values, there are "
          + "\(reader.remaining) bytes")
    }
    if type == stringType {
      var texts: [Range<Int>] = []
      texts.reserveCapacity(count)
      for _ in 0..<count { texts.append(try string(&reader, path)) }
      return .strings(texts)
    }
    guard let number = Number(rawValue: type) else {
      throw FileError(
        "\(path): key `\(legible(key))` is a list of values of type \(type), which are not read")
    }
    return .numbers(number, try reader.skip(count * number.bytes))
  }
}

/// Values as they are asked for.
extension GGUFValue {
  private func mismatch(_ key: String, _ path: String, _ expected: String) -> FileError {
    let found =
      switch self {
      case .unsigned(let value): "\(value)"
      case .signed(let value): "\(value)"
      case .real(let value): "\(value)"
      case .bool(let value): "\(value)"
      case .string: "a text"
      case .strings(let texts): "a list of \(texts.count) texts"
      case .numbers(let type, let range): "a list of \(range.count / type.bytes) numbers"
      }
    return FileError("\(path): `\(key)` is \(found), should be \(expected)")
  }

  func int(_ key: String, _ path: String) throws -> Int {
    switch self {
    case .unsigned(let value): if let value = Int(exactly: value) { return value }
    case .signed(let value): if let value = Int(exactly: value) { return value }
    default: break
    }
    throw mismatch(key, path, "a whole number")
  }

  func double(_ key: String, _ path: String) throws -> Double {
    switch self {
    case .unsigned(let value): return Double(value)
    case .signed(let value): return Double(value)
    case .real(let value) where value.isFinite: return value
    default: throw mismatch(key, path, "a number")
    }
  }

  func bool(_ key: String, _ path: String) throws -> Bool {
    guard case .bool(let value) = self else { throw mismatch(key, path, "true or false") }
    return value
  }

  func string(_ key: String, _ path: String, in bytes: UnsafeRawBufferPointer) throws -> String {
    guard case .string(let range) = self else { throw mismatch(key, path, "a text") }
    let text = UnsafeRawBufferPointer(rebasing: bytes[range])
    guard firstInvalidUTF8(text) == nil else {
      throw FileError("\(path): `\(key)` is not valid UTF-8")
    }
    return String(decoding: text, as: UTF8.self)
  }

  func strings(_ key: String, _ path: String) throws -> [Range<Int>] {
    guard case .strings(let ranges) = self else { throw mismatch(key, path, "a list of texts") }
    return ranges
  }

  func numbers(
    _ key: String, _ path: String, in bytes: UnsafeRawBufferPointer
  ) throws -> [Double] {
    guard case .numbers(let type, let range) = self else {
      throw mismatch(key, path, "a list of numbers")
    }
    func all<Value: BitwiseCopyable>(_ of: Value.Type, _ double: (Value) -> Double) -> [Double] {
      stride(from: range.lowerBound, to: range.upperBound, by: type.bytes).map {
        double(bytes.loadUnaligned(fromByteOffset: $0, as: Value.self))
      }
    }
    return switch type {
    case .uint8, .bool: all(UInt8.self, Double.init)
    case .int8: all(Int8.self, Double.init)
    case .uint16: all(UInt16.self, Double.init)
    case .int16: all(Int16.self, Double.init)
    case .uint32: all(UInt32.self, Double.init)
    case .int32: all(Int32.self, Double.init)
    case .uint64: all(UInt64.self, Double.init)
    case .int64: all(Int64.self, Double.init)
    case .float32: all(Float.self, Double.init)
    case .float64: all(Double.self) { $0 }
    }
  }
}
