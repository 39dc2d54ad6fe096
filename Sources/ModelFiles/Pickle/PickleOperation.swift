/// The operations of pickle protocol 2 that torch writes for tensors, by their bytes (Python's
/// pickletools). Those that look classes up by computed names, make objects or take references
/// from a registry are not among them.
enum PickleOperation: UInt8 {
  case stop = 0x2E
  case mark = 0x28
  case emptyTuple = 0x29
  case emptyList = 0x5D
  case emptyDictionary = 0x7D
  case double = 0x47
  case int32 = 0x4A
  case uint8 = 0x4B
  case uint16 = 0x4D
  case none = 0x4E
  case persistentID = 0x51
  case reduce = 0x52
  case string = 0x58
  case append = 0x61
  case build = 0x62
  case global = 0x63
  case appends = 0x65
  case get = 0x68
  case longGet = 0x6A
  case put = 0x71
  case longPut = 0x72
  case setItem = 0x73
  case tuple = 0x74
  case setItems = 0x75
  case tuple1 = 0x85
  case tuple2 = 0x86
  case tuple3 = 0x87
  case yes = 0x88
  case no = 0x89
  case long = 0x8A
}
