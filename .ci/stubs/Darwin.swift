// The names are those of the C library.
// swift-format-ignore-file

// What Darwin has otherwise than Musl, or alone.

public typealias mode_t = UInt16
public typealias sa_family_t = UInt8
public typealias sigset_t = UInt32
/// Pointers, which begin as nil.
public typealias posix_spawn_file_actions_t = UnsafeMutableRawPointer
public typealias posix_spawnattr_t = UnsafeMutableRawPointer
public typealias SpawnActions = posix_spawn_file_actions_t?
public typealias SpawnAttributes = posix_spawnattr_t?

public let F_FULLFSYNC: Int32 = 51
public var TIOCGWINSZ: UInt { 0x4008_7468 }

public struct sockaddr_in {
    public var sin_len: UInt8
    public var sin_family: sa_family_t
    public var sin_addr: in_addr
    public var sin_port: UInt16
    public init() { fatalError() }
}
public struct stat {
    public var st_mtimespec: timespec
}
