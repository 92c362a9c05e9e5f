// The names are those of the C library.
// swift-format-ignore-file

// Declarations of the C library, as Swift imports them, that Darwin and Musl have alike. They say what `.ci/platforms`
// holds the two files against that import the C library; nothing is linked with them.

public typealias pid_t = Int32
public typealias uid_t = UInt32
public typealias gid_t = UInt32
public typealias id_t = UInt32
public typealias time_t = Int
public typealias off_t = Int64
public typealias in_addr_t = UInt32
public typealias socklen_t = UInt32
public typealias rlim_t = UInt64

public var errno: Int32 { 0 }
public var environ: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?> { fatalError() }

public struct timespec {
    public var tv_sec: time_t
    public var tv_nsec: Int
    public init(tv_sec: time_t, tv_nsec: Int) { fatalError() }
}
public struct tm {
    public var tm_year: Int32
    public var tm_mday: Int32
    public var tm_hour: Int32
    public var tm_min: Int32
    public var tm_sec: Int32
    public var tm_isdst: Int32
    public init() { fatalError() }
}
public struct winsize {
    public var ws_col: UInt16
    public init() { fatalError() }
}
public struct siginfo_t {
    public var si_signo: Int32
    public init() { fatalError() }
}
public struct rlimit {
    public var rlim_cur: rlim_t
    public var rlim_max: rlim_t
    public init() { fatalError() }
}
public struct linger {
    public init(l_onoff: Int32, l_linger: Int32) { fatalError() }
}
public struct in_addr { public var s_addr: in_addr_t }
public struct sockaddr {}
public struct FILE {}
public struct idtype_t {}
public var P_PID: idtype_t { fatalError() }

public let LOCK_EX: Int32 = 2
public let LOCK_NB: Int32 = 4
public let F_SETFD: Int32 = 2
public let FD_CLOEXEC: Int32 = 1
public let EINTR: Int32 = 4
public let SIGKILL: Int32 = 9
public let SIGTERM: Int32 = 15
public let SIGCONT: Int32 = 18
public let SIGTTOU: Int32 = 22
public let SIGXFSZ: Int32 = 25
public let AF_INET: Int32 = 2
public let SOCK_STREAM: Int32 = 1
public let INADDR_LOOPBACK: UInt32 = 0x7f00_0001
public let RLIMIT_FSIZE: Int32 = 1
public let POSIX_SPAWN_SETPGROUP: Int32 = 2
public let POSIX_SPAWN_SETSIGMASK: Int32 = 8
public let WEXITED: Int32 = 4
public let WNOHANG: Int32 = 1
public let WNOWAIT: Int32 = 32
public typealias Handler = @convention(c) (Int32) -> Void
public var SIG_IGN: Handler? { nil }

@discardableResult public func fcntl(_ file: Int32, _ command: Int32) -> Int32 { 0 }
@discardableResult public func fcntl(_ file: Int32, _ command: Int32, _ value: Int32) -> Int32 { 0 }
@discardableResult public func fsync(_ file: Int32) -> Int32 { 0 }
@discardableResult public func fchmod(_ file: Int32, _ mode: mode_t) -> Int32 { 0 }
@discardableResult public func fchown(_ file: Int32, _ user: uid_t, _ group: gid_t) -> Int32 { 0 }
@discardableResult public func flock(_ file: Int32, _ operation: Int32) -> Int32 { 0 }
@discardableResult public func isatty(_ file: Int32) -> Int32 { 0 }
@discardableResult public func ioctl(_ file: Int32, _ request: UInt, _ value: UnsafeMutableRawPointer) -> Int32 { 0 }
@discardableResult public func link(_ path: UnsafePointer<CChar>!, _ name: UnsafePointer<CChar>!) -> Int32 { 0 }
@discardableResult public func rename(_ path: UnsafePointer<CChar>!, _ name: UnsafePointer<CChar>!) -> Int32 { 0 }
@discardableResult public func unlink(_ path: UnsafePointer<CChar>!) -> Int32 { 0 }
@discardableResult public func mkstemp(_ template: UnsafeMutablePointer<CChar>!) -> Int32 { 0 }
@discardableResult public func mkdtemp(_ template: UnsafeMutablePointer<CChar>!) -> UnsafeMutablePointer<CChar>! { nil }
@discardableResult public func realpath(
    _ path: UnsafePointer<CChar>!, _ buffer: UnsafeMutablePointer<CChar>!
) -> UnsafeMutablePointer<CChar>! { nil }
public func free(_ memory: UnsafeMutableRawPointer!) {}
public func strdup(_ text: UnsafePointer<CChar>!) -> UnsafeMutablePointer<CChar>! { nil }
public func popen(_ command: UnsafePointer<CChar>!, _ mode: UnsafePointer<CChar>!) -> UnsafeMutablePointer<FILE>! { nil }
public func pclose(_ stream: UnsafeMutablePointer<FILE>!) -> Int32 { 0 }
public func fread(
    _ buffer: UnsafeMutableRawPointer!, _ size: Int, _ count: Int, _ stream: UnsafeMutablePointer<FILE>!
) -> Int { 0 }
public func getenv(_ name: UnsafePointer<CChar>!) -> UnsafeMutablePointer<CChar>! { nil }
@discardableResult public func setenv(
    _ name: UnsafePointer<CChar>!, _ value: UnsafePointer<CChar>!, _ replaces: Int32
) -> Int32 { 0 }
public func tzset() {}
public func mktime(_ parts: UnsafeMutablePointer<tm>!) -> time_t { 0 }
public func getpid() -> pid_t { 0 }
public func getpgrp() -> pid_t { 0 }
public func tcgetpgrp(_ file: Int32) -> pid_t { 0 }
@discardableResult public func tcsetpgrp(_ file: Int32, _ group: pid_t) -> Int32 { 0 }
public func geteuid() -> uid_t { 0 }
public func exit(_ code: Int32) -> Never { fatalError() }
public func _exit(_ code: Int32) -> Never { fatalError() }
@discardableResult public func nanosleep(
    _ time: UnsafePointer<timespec>!, _ left: UnsafeMutablePointer<timespec>!
) -> Int32 { 0 }
@discardableResult public func kill(_ process: pid_t, _ signal: Int32) -> Int32 { 0 }
@discardableResult public func alarm(_ seconds: UInt32) -> UInt32 { 0 }
@discardableResult public func fflush(_ file: UnsafeMutablePointer<FILE>!) -> Int32 { 0 }
@discardableResult public func signal(_ number: Int32, _ handler: Handler?) -> Handler? { nil }
@discardableResult public func getrlimit(_ resource: Int32, _ limit: UnsafeMutablePointer<rlimit>!) -> Int32 { 0 }
@discardableResult public func setrlimit(_ resource: Int32, _ limit: UnsafePointer<rlimit>!) -> Int32 { 0 }
@discardableResult public func waitpid(_ process: pid_t, _ status: UnsafeMutablePointer<Int32>!, _ options: Int32)
    -> pid_t
{ 0 }
@discardableResult public func waitid(
    _ kind: idtype_t, _ process: id_t, _ information: UnsafeMutablePointer<siginfo_t>!, _ options: Int32
) -> Int32 { 0 }
@discardableResult public func socket(_ domain: Int32, _ type: Int32, _ number: Int32) -> Int32 { 0 }
@discardableResult public func bind(_ socket: Int32, _ address: UnsafePointer<sockaddr>!, _ size: socklen_t) -> Int32
{ 0 }
@discardableResult public func getsockname(
    _ socket: Int32, _ address: UnsafeMutablePointer<sockaddr>!, _ size: UnsafeMutablePointer<socklen_t>!
) -> Int32 { 0 }
@discardableResult public func close(_ file: Int32) -> Int32 { 0 }
@discardableResult public func sigemptyset(_ set: UnsafeMutablePointer<sigset_t>!) -> Int32 { 0 }
@discardableResult public func posix_spawn_file_actions_init(
    _ actions: UnsafeMutablePointer<SpawnActions>!
) -> Int32 { 0 }
@discardableResult public func posix_spawn_file_actions_destroy(
    _ actions: UnsafeMutablePointer<SpawnActions>!
) -> Int32 { 0 }
@discardableResult public func posix_spawn_file_actions_adddup2(
    _ actions: UnsafeMutablePointer<SpawnActions>!, _ from: Int32, _ to: Int32
) -> Int32 { 0 }
@discardableResult public func posix_spawn_file_actions_addclose(
    _ actions: UnsafeMutablePointer<SpawnActions>!, _ file: Int32
) -> Int32 { 0 }
@discardableResult public func posix_spawnattr_init(_ attributes: UnsafeMutablePointer<SpawnAttributes>!) -> Int32 { 0 }
@discardableResult public func posix_spawnattr_destroy(
    _ attributes: UnsafeMutablePointer<SpawnAttributes>!
) -> Int32 { 0 }
@discardableResult public func posix_spawnattr_setsigmask(
    _ attributes: UnsafeMutablePointer<SpawnAttributes>!, _ signals: UnsafePointer<sigset_t>!
) -> Int32 { 0 }
@discardableResult public func posix_spawnattr_setflags(
    _ attributes: UnsafeMutablePointer<SpawnAttributes>!, _ flags: Int16
) -> Int32 { 0 }
@discardableResult public func posix_spawn(
    _ process: UnsafeMutablePointer<pid_t>!, _ program: UnsafePointer<CChar>!,
    _ actions: UnsafePointer<SpawnActions>!, _ attributes: UnsafePointer<SpawnAttributes>!,
    _ arguments: UnsafePointer<UnsafeMutablePointer<CChar>?>!, _ environment: UnsafePointer<UnsafeMutablePointer<CChar>?>!
) -> Int32 { 0 }
@discardableResult public func posix_spawnp(
    _ process: UnsafeMutablePointer<pid_t>!, _ program: UnsafePointer<CChar>!,
    _ actions: UnsafePointer<SpawnActions>!, _ attributes: UnsafePointer<SpawnAttributes>!,
    _ arguments: UnsafePointer<UnsafeMutablePointer<CChar>?>!, _ environment: UnsafePointer<UnsafeMutablePointer<CChar>?>!
) -> Int32 { 0 }

public func exp(_ x: Double) -> Double { x }
public func expm1(_ x: Double) -> Double { x }
public func log(_ x: Double) -> Double { x }
public func log1p(_ x: Double) -> Double { x }
public func sinh(_ x: Double) -> Double { x }
public func cosh(_ x: Double) -> Double { x }
public func cos(_ x: Double) -> Double { x }
public func erf(_ x: Double) -> Double { x }
public func erfc(_ x: Double) -> Double { x }
public func lgamma(_ x: Double) -> (Double, Int) { (x, 1) }
