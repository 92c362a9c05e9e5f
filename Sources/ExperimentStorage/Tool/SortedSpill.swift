import ExperimentDatabase
import ExperimentPlatform
import SystemPackage

/// Pairs of a key and a tag, sorted outside of memory: sorted pieces in a temporary file, merged as they are read.
///
/// Memory is that of one piece, 64 MiB, and of one buffer a piece while they are merged, however many pairs there are. The
/// file is 16 bytes a pair and has no name.
final class SortedSpill {
    /// A key and what it belongs to.
    struct Pair: Comparable {
        let key: UInt64
        let tag: UInt64

        static func < (left: Pair, right: Pair) -> Bool {
            left.key != right.key ? left.key < right.key : left.tag < right.tag
        }
    }

    /// Reads one sorted piece of the file.
    private struct Piece {
        let start: Int
        let count: Int
        var next = 0
        var buffer: [Pair] = []
        var position = 0
    }

    private static let pairsOfBuffer = 1 << 13
    /// Bytes of a pair.
    private static let stride = MemoryLayout<Pair>.stride

    private let capacity: Int
    private var pending: [Pair] = []
    private var file: FileDescriptor?
    private var pieces: [Piece] = []

    /// The number of pairs.
    private(set) var count = 0

    /// - Parameter capacity: Pairs of a piece.
    init(capacity: Int = 1 << 22) {
        self.capacity = capacity
    }

    deinit {
        try? file?.close()
    }

    /// Adds a pair.
    func add(_ key: UInt64, _ tag: UInt64) throws {
        pending.append(Pair(key: key, tag: tag))
        count += 1
        if pending.count >= capacity { try spill() }
    }

    /// Goes through all pairs, sorted by key and then by tag; may be done more than once.
    func readSorted(_ body: (Pair) throws -> Void) throws {
        if file == nil {
            pending.sort()
            for pair in pending { try body(pair) }
            return
        }
        if !pending.isEmpty { try spill() }
        var pieces = pieces.map { Piece(start: $0.start, count: $0.count) }
        // A heap of the pieces by their next pair.
        var heap: [(pair: Pair, piece: Int)] = []
        for index in pieces.indices {
            if let pair = try next(&pieces[index]) { heap.append((pair, index)) }
        }
        heap.sort { $0.pair < $1.pair }
        while let first = heap.first {
            try body(first.pair)
            if let pair = try next(&pieces[first.piece]) {
                heap[0] = (pair, first.piece)
            } else if let last = heap.popLast(), !heap.isEmpty {
                heap[0] = last
            }
            Self.sink(&heap)
        }
    }

    private static func sink(_ heap: inout [(pair: Pair, piece: Int)]) {
        var index = 0
        while true {
            var child = 2 * index + 1
            guard child < heap.count else { return }
            if child + 1 < heap.count, heap[child + 1].pair < heap[child].pair { child += 1 }
            guard heap[child].pair < heap[index].pair else { return }
            heap.swapAt(child, index)
            index = child
        }
    }

    private func next(_ piece: inout Piece) throws -> Pair? {
        if piece.position == piece.buffer.count {
            let size = min(Self.pairsOfBuffer, piece.count - piece.next)
            guard size > 0, let file else { return nil }
            piece.buffer = try [Pair](unsafeUninitializedCapacity: size) { buffer, count in
                let bytes = UnsafeMutableRawBufferPointer(buffer)
                let whole = UnsafeMutableRawBufferPointer(rebasing: bytes[..<(size * Self.stride)])
                try Self.read(file, at: (piece.start + piece.next) * Self.stride, into: whole)
                count = size
            }
            piece.next += size
            piece.position = 0
        }
        piece.position += 1
        return piece.buffer[piece.position - 1]
    }

    private static func read(_ file: FileDescriptor, at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws
    {
        var filled = 0
        while filled < buffer.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
            let count = try explaining("read") {
                try file.read(fromAbsoluteOffset: Int64(offset + filled), into: rest)
            }
            guard count > 0 else { throw StorageFailure.damaged("a temporary file is shorter than what was written") }
            filled += count
        }
    }

    private func spill() throws {
        let file = try self.file ?? Self.temporaryFile()
        self.file = file
        pending.sort()
        let start = pieces.last.map { $0.start + $0.count } ?? 0
        _ = try pending.withUnsafeBytes { bytes in
            try Self.explaining("written") {
                try file.writeAll(toAbsoluteOffset: Int64(start * Self.stride), bytes)
            }
        }
        pieces.append(Piece(start: start, count: pending.count))
        pending.removeAll(keepingCapacity: true)
    }

    private static func temporaryFile() throws -> FileDescriptor {
        let folder = FilePath(ThisProcess.environment("TMPDIR") ?? "/tmp")
        return try explaining("created") { try folder.appending("experiments-sort").openingTemporaryFile() }
    }

    private static func explaining<Value>(_ what: String, _ calls: () throws -> Value) throws -> Value {
        do { return try calls() } catch {
            throw StorageFailure.damaged("a temporary file cannot be \(what): \(error)")
        }
    }
}
