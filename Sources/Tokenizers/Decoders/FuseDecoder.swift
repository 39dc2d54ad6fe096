package import ModelFiles

/// Makes one of all tokens, for the steps behind it.
package struct FuseDecoder: TokenDecoder {
  package init(_ json: JSON) {}

  init() {}

  package func callAsFunction(_ tokens: inout TokenTexts) throws {
    try tokens.replace([Array(tokens.list.joined())])
  }
}
