/// The extents of a product with weights: each row of `inputs` numbers becomes `outputs`.
package struct ProductShape: Sendable, Hashable {
  package let outputs, inputs: Int

  package init(outputs: Int, inputs: Int) {
    self.outputs = outputs
    self.inputs = inputs
  }

  /// How many weights each row meets.
  package var weights: Int { outputs * inputs }
}
