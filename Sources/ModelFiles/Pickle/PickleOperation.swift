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

/// The classes and functions that a pickle of tensors names. There are no others: whatever else a
/// file asks for is refused before it is anything but a name.
enum PickleSymbol: Equatable, Sendable {
  case orderedDictionary
  case size
  case rebuildTensor, rebuildTensorV2, rebuildTensorV3
  case rebuildParameter, rebuildParameterWithState
  /// A storage of this type, of bytes when nil.
  case storage(ElementType?)
  /// A `torch.dtype`.
  case type(ElementType)

  /// By module and name, with the newline between them that the file has there.
  static let known: [String: PickleSymbol] = [
    "collections\nOrderedDict": .orderedDictionary, "torch\nSize": .size,
    "torch._utils\n_rebuild_tensor": .rebuildTensor,
    "torch._utils\n_rebuild_tensor_v2": .rebuildTensorV2,
    "torch._utils\n_rebuild_tensor_v3": .rebuildTensorV3,
    "torch._utils\n_rebuild_parameter": .rebuildParameter,
    "torch._utils\n_rebuild_parameter_with_state": .rebuildParameterWithState,
    "torch.storage\nUntypedStorage": .storage(nil), "torch.storage\n_UntypedStorage": .storage(nil),
    "torch\nDoubleStorage": .storage(.f64), "torch\nFloatStorage": .storage(.f32),
    "torch\nHalfStorage": .storage(.f16), "torch\nBFloat16Storage": .storage(.bf16),
    "torch\nLongStorage": .storage(.i64), "torch\nIntStorage": .storage(.i32),
    "torch\nShortStorage": .storage(.i16), "torch\nCharStorage": .storage(.i8),
    "torch\nByteStorage": .storage(.u8), "torch\nBoolStorage": .storage(.bool),
    "torch\nfloat64": .type(.f64), "torch\nfloat32": .type(.f32), "torch\nfloat16": .type(.f16),
    "torch\nbfloat16": .type(.bf16), "torch\nint64": .type(.i64), "torch\nint32": .type(.i32),
    "torch\nint16": .type(.i16), "torch\nint8": .type(.i8), "torch\nuint64": .type(.u64),
    "torch\nuint32": .type(.u32), "torch\nuint16": .type(.u16), "torch\nuint8": .type(.u8),
    "torch\nbool": .type(.bool), "torch\nfloat8_e5m2": .type(.f8E5M2),
    "torch\nfloat8_e4m3fn": .type(.f8E4M3), "torch\nfloat8_e8m0fnu": .type(.f8E8M0),
    "torch\nfloat8_e5m2fnuz": .type(.f8E5M2FNUZ), "torch\nfloat8_e4m3fnuz": .type(.f8E4M3FNUZ),
  ]
}
