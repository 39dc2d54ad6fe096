/// A matrix that a model multiplies by, in the form its road wants.
///
/// `linear` looks at the form and takes the road that fits; no architecture mentions precision.
/// float32 rows for CBLAS are the definition, and so far the only form.
package struct Weight: Sendable {
  /// `[outputs, inputs]`, as checkpoints store it.
  let rows: Tensor

  package var outputs: Int { rows.rows }
  package var inputs: Int { rows.columns }

  /// - Parameter rows: `[outputs, inputs]`
  package init(rows: Tensor) { self.rows = rows }
}
