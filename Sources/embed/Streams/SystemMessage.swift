import Glibc

/// What the system says of an error number: `No space left on device`.
func systemMessage(_ code: Int32) -> String {
  // The text is constant, or this thread's own (glibc 2.32 and later).
  String(cString: strerror(code))
}
