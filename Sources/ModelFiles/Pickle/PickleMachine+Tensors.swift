extension PickleMachine {
  /// What a persistent id stands for: `("storage", class, key, device, count)`; before torch 1.6,
  /// with None for "not a part of another" at its end.
  mutating func storage(_ id: PickleValue) throws -> PickleValue {
    let parts = values(of: id)
    guard parts.count == 5 || parts.count == 6, parts[0].string == "storage",
      case .symbol(.storage(let type)) = parts[1], let key = parts[2].string,
      // An address in decimal is the longest there is.
      key.utf8.count <= 100, parts[3].string != nil, let count = parts[4].int, count >= 0
    else { throw fault("the pickle refers to something that is no storage") }
    if parts.count == 6, case .none = parts[5] {
    } else if parts.count == 6 {
      throw fault("storage `\(legible(key))` is a part of another; save it again as safetensors")
    }
    let bytes = Array(key.utf8)
    if let index = storages[bytes] {
      guard pickle.storages[index].type == type, pickle.storages[index].count == count else {
        throw fault("storage `\(legible(key))` is described in two ways")
      }
      return .storage(index)
    }
    storages[bytes] = pickle.storages.count
    pickle.storages.append(PickledStorage(key: key, type: type, count: count))
    return .storage(pickle.storages.count - 1)
  }

  /// What a call would return.
  mutating func result(of callee: PickleValue, with arguments: PickleValue) throws -> PickleValue {
    guard case .symbol(let symbol) = callee, case .tuple = arguments else {
      throw fault("the pickle calls \(callee.kind) with \(arguments.kind)")
    }
    let arguments = values(of: arguments)
    switch (symbol, arguments.count) {
    case (.orderedDictionary, 0): return dictionary(isOrdered: true)
    case (.size, 1):
      if case .tuple = arguments[0] { return arguments[0] }
    case (.rebuildParameter, 3), (.rebuildParameterWithState, 4):
      if case .tensor = arguments[0] { return arguments[0] }
    case (.rebuildTensor, 4), (.rebuildTensorV2, 6): return try tensor(arguments)
    case (.rebuildTensorV2, 7):
      try refuseMetadata(arguments[6])
      return try tensor(arguments)
    case (.rebuildTensorV3, 7), (.rebuildTensorV3, 8):
      if arguments.count == 8 { try refuseMetadata(arguments[7]) }
      if case .symbol(.type(let type)) = arguments[6] { return try tensor(arguments, type) }
    default: break
    }
    throw fault(
      "the pickle calls \(callee.kind) with arguments that do not fit it; "
        + "save it again as safetensors")
  }

  /// A tensor of (storage, offset, shape, strides, …).
  private mutating func tensor(
    _ arguments: [PickleValue], _ stated: ElementType? = nil
  ) throws -> PickleValue {
    guard case .storage(let storage) = arguments[0], let offset = arguments[1].int,
      let shape = integers(arguments[2]), let strides = integers(arguments[3])
    else { throw fault("a tensor is not made of a storage, an offset, a shape and strides") }
    guard let type = stated ?? pickle.storages[storage].type,
      pickle.storages[storage].type ?? type == type
    else { throw fault("a tensor and its storage differ in their type") }
    guard pickle.tensors.count < TensorFile.mostTensors else {
      throw fault("there are more than \(TensorFile.mostTensors) tensors")
    }
    pickle.tensors.append(
      PickledTensor(storage: storage, type: type, offset: offset, shape: shape, strides: strides))
    return .tensor(pickle.tensors.count - 1)
  }

  /// Metadata may say that numbers stand for their negatives or conjugates.
  private func refuseMetadata(_ metadata: PickleValue) throws {
    switch metadata {
    case .none: return
    case .dictionary(let index) where pickle.dictionaries[index].members.isEmpty: return
    default: throw fault("a tensor carries metadata, which is not read; save a plain copy of it")
    }
  }

  /// The elements of a tuple, none of anything else.
  private func values(of value: PickleValue) -> [PickleValue] {
    if case .tuple(let index) = value { pickle.sequences[index] } else { [] }
  }

  /// A tuple of few integers; nil for anything else.
  private func integers(_ value: PickleValue) -> [Int]? {
    guard case .tuple(let index) = value, pickle.sequences[index].count <= TensorFile.mostDimensions
    else { return nil }
    let integers = pickle.sequences[index].compactMap(\.int)
    return integers.count == pickle.sequences[index].count ? integers : nil
  }
}
