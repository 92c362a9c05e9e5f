import ExperimentPlatform
import SystemPackage

/// Inflates a file that zstd made (RFC 8878), by the program `zstd` of the machine, while it is read.
///
/// The program and not its library: no Swift package of it is well kept, and a system library must be there, with its
/// headers, before anything of this package can be built, also for those who never see such a file. The program is a pipe
/// away, and where it is missing the import says what to install. Memory here does not grow with the file; the program
/// itself takes up to 128 MiB, the longest window that it accepts unasked.
final class ZstdStream {
    /// Why the file cannot be inflated.
    enum Fault: Error {
        case hasNoProgram
        case isDamaged
        case cannotBegin
    }

    private let file: FileDescriptor
    /// The program that inflates the file; nil before the first byte is asked for, and after the last.
    private var output: ShellOutput?
    private var isAtEnd = false

    /// Inflates a file, which is open as long as this is there.
    init(_ file: FileDescriptor) {
        self.file = file
    }

    /// Whether bytes begin a file of zstd: a frame, or what may be skipped before one, as pzstd puts there (RFC 8878, 3.1).
    static func isBeginning(_ bytes: some Sequence<UInt8>) -> Bool {
        let bytes = Array(bytes)
        guard bytes.count >= 4 else { return false }
        return bytes.starts(with: [0x28, 0xb5, 0x2f, 0xfd])
            || bytes[0] & 0xf0 == 0x50 && bytes[1...3] == [0x2a, 0x4d, 0x18]
    }

    /// Begins again with the file's first byte.
    func restart() {
        output = nil
        isAtEnd = false
    }

    /// Inflates what comes next, as much as fits.
    /// - Returns: The number of bytes; 0 at the end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(Fault) -> Int {
        guard !isAtEnd else { return 0 }
        if output == nil { output = try begin() }
        guard let output else { return 0 }
        let count = output.read(into: buffer)
        guard count == 0 else { return count }
        self.output = nil
        isAtEnd = true
        switch output.end() {
        case 0: return 0
        case 127: throw .hasNoProgram
        default: throw .isDamaged
        }
    }

    private func begin() throws(Fault) -> ShellOutput {
        do { return try ShellOutput(of: "zstd -dcq", reading: file) } catch { throw .cannotBegin }
    }
}
