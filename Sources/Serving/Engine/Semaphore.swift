import Glibc

/// Counts wake-ups: `wait` takes one, and sleeps until there is one.
///
/// `@unchecked`: the C library's semaphore is made for many threads, and lies where it was made until
/// nobody holds it.
final class Semaphore: @unchecked Sendable {
  private let semaphore: UnsafeMutablePointer<sem_t>

  init() {
    semaphore = .allocate(capacity: 1)
    sem_init(semaphore, 0, 0)
  }

  deinit {
    sem_destroy(semaphore)
    semaphore.deallocate()
  }

  func signal() { sem_post(semaphore) }

  func wait() {
    // A signal's handler may have run.
    while sem_wait(semaphore) != 0, errno == EINTR {}
  }
}
