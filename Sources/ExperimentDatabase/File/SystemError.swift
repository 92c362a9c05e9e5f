import Glibc

/// The sentence for an `errno`.
enum SystemError {
    static var current: String { String(cString: strerror(errno)) }
}
