/// What is wrong with a file, said so that its owner can mend it.
package struct FileError: Error, CustomStringConvertible {
  package let description: String
  package init(_ description: String) { self.description = description }
}
