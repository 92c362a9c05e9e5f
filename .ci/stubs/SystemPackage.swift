// The names are those of the C library.
// swift-format-ignore-file

// The declarations of swift-system that the files use which import the C library, over the stub of it: the module that is
// built here stands on the C library of this machine.

#if canImport(Darwin)
    public import Darwin
#else
    public import Musl
#endif

public enum CInterop {
    public typealias Mode = mode_t
    public typealias PlatformChar = CChar
}
public struct Errno: Error, Hashable {
    public let rawValue: Int32
    public init(rawValue: Int32) { self.rawValue = rawValue }
    public static var wouldBlock: Errno { Errno(rawValue: 11) }
    public static var interrupted: Errno { Errno(rawValue: 4) }
}
public struct FileDescriptor {
    public let rawValue: Int32
    public init(rawValue: Int32) { self.rawValue = rawValue }
    public enum SeekOrigin { case start }
    @discardableResult public func seek(offset: Int64, from origin: SeekOrigin) throws -> Int64 { 0 }
    public func duplicate() throws -> FileDescriptor { self }
    public func close() throws {}
}
public struct FilePermissions {
    public let rawValue: CInterop.Mode
    public init(rawValue: CInterop.Mode) { self.rawValue = rawValue }
}
public struct FilePath {
    public var string: String { "" }
    public init(platformString: [CInterop.PlatformChar]) {}
    public init(platformString: UnsafePointer<CInterop.PlatformChar>) {}
    public func withPlatformString<Result>(
        _ body: (UnsafePointer<CInterop.PlatformChar>) throws -> Result
    ) rethrows -> Result { fatalError() }
}
public struct Stat {
    public var st_mtim: timespec { fatalError() }
}
