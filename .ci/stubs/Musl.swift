// The names are those of the C library.
// swift-format-ignore-file

// What Musl has otherwise than Darwin.

public typealias mode_t = UInt32
public typealias sa_family_t = UInt16
public struct sigset_t { public init() { fatalError() } }
public struct posix_spawn_file_actions_t { public init() { fatalError() } }
public struct posix_spawnattr_t { public init() { fatalError() } }
public typealias SpawnActions = posix_spawn_file_actions_t
public typealias SpawnAttributes = posix_spawnattr_t

public let TIOCGWINSZ: Int32 = 0x5413

public struct sockaddr_in {
    public var sin_family: sa_family_t
    public var sin_addr: in_addr
    public var sin_port: UInt16
    public init() { fatalError() }
}
public struct stat {
    public var st_mtim: timespec
}
