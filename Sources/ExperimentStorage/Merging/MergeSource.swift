import ExperimentDatabase
import ExperimentDefinitions
import Experimentation

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A file that is merged into another, as of one moment.
final class MergeSource {
    /// A file that recorded rows: this one, or one that was merged into it before.
    struct Origin {
        let file: UUID
        /// The block of numbers that its rows have in a merged file.
        let block: Int64
        /// The difference between its numbers in a merged file and here.
        let shift: Int64
        /// The key of its hashes of erased units, and the hashes; nil where it erased none.
        let erasures: (key: (first: Int64, second: Int64), hashes: [(first: Int64, second: Int64)])?

        /// The numbers of its rows in a merged file.
        var numbers: ClosedRange<Int64> {
            let first = block << RowIDs.blockShift
            return first...(first + (1 << RowIDs.blockShift - 1))
        }
    }

    /// The file's name, as messages have it.
    let name: String
    let connection: Connection
    /// The files that the rows come from, in the order of their blocks.
    let origins: [Origin]
    /// The file itself, among its origins.
    let own: Origin?
    let facts: DefinitionFacts
    /// The phase and enrollment of exposures whose records do not say them.
    let spans: ExposureSpans

    init(_ name: String) throws {
        let path = try DatabasePath(name)
        let connection: Connection
        do { connection = try DatabaseFile.openForReading(path) } catch {
            throw StorageFailure.file("\(name): \(StorageFailure(error).message)")
        }
        // The moment of the reading stays the same while the value lives; the first read takes it.
        try connection.execute(Transaction.Kind.deferred.rawValue)
        let (origins, file) = (try Self.origins(connection), try EpochTable.file(connection))
        self.origins = origins
        own = origins.first { $0.file == file }
        facts = try DefinitionFacts(connection)
        spans = try ExposureSpans(connection)
        self.name = name
        self.connection = connection
    }

    /// The last number of a log that an origin has here, as it is in a merged file; the block's first where it has no row.
    func last(_ log: RowID.Log, of origin: Origin) throws -> Int64 {
        let numbers = origin.numbers
        let rows = try connection.query(
            "SELECT max(\(log.rawValue)_id) FROM \(log.rawValue)_log WHERE \(log.rawValue)_id BETWEEN ?1 AND ?2",
            numbers.lowerBound - origin.shift, numbers.upperBound - origin.shift)
        guard try rows.step(), let last = rows.optionalInt64(0) else { return numbers.lowerBound }
        return last + origin.shift
    }

    /// Whether anybody has recorded into it, or merged others into it.
    func hasRecorded() throws -> Bool {
        try connection.value("SELECT EXISTS (SELECT 1 FROM epoch)") { $0.int(0) } == 1
    }

    /// An origin's epochs with the numbers at which they begin in a merged file.
    func epochs(of origin: Origin) throws -> [MergedEpoch] {
        var epochs: [MergedEpoch] = []
        let rows = try connection.query(
            "SELECT first_exposure, first_outcome, first_link, epoch FROM epoch ORDER BY epoch")
        while try rows.step() {
            let epoch = MergedEpoch(
                firsts: [
                    .exposure: rows.int64(0) + origin.shift, .outcome: rows.int64(1) + origin.shift,
                    .link: rows.int64(2) + origin.shift,
                ], epoch: rows.int64(3))
            if epoch.firsts.values.allSatisfy(origin.numbers.contains) { epochs.append(epoch) }
        }
        return epochs
    }

    private static func origins(_ connection: borrowing Connection) throws -> [Origin] {
        let file = try EpochTable.file(connection)
        let own = try erasures(
            "SELECT first, second FROM erasure_key", "SELECT first, second FROM erased_unit", connection)
        let block = block(of: file)
        guard try EpochTable.isMerged(connection) else {
            return [Origin(file: file, block: block, shift: block << RowIDs.blockShift, erasures: own)]
        }
        // A merged file has no row of its own, but may have erased some of its sources'.
        var origins = [Origin(file: file, block: block, shift: 0, erasures: own)]
        let rows = try connection.query("SELECT file_id, block FROM source")
        while try rows.step() {
            guard let file = UUID(uuidString: rows.text(0)) else { throw StorageFailure.damaged("a source has no id") }
            let id = "'\(file.uuidString.lowercased())'"
            origins.append(
                Origin(
                    file: file, block: rows.int64(1), shift: 0,
                    erasures: try erasures(
                        "SELECT first, second FROM source WHERE first IS NOT NULL AND file_id = \(id)",
                        "SELECT first, second FROM source_erasure WHERE file_id = \(id)", connection)))
        }
        return origins.sorted { $0.block < $1.block }
    }

    private static func erasures(
        _ key: String, _ hashes: String, _ connection: borrowing Connection
    ) throws -> (key: (first: Int64, second: Int64), hashes: [(first: Int64, second: Int64)])? {
        guard let key = try connection.value(key, { (first: $0.int64(0), second: $0.int64(1)) }) else { return nil }
        var found: [(first: Int64, second: Int64)] = []
        let rows = try connection.prepare(hashes)
        while try rows.step() { found.append((rows.int64(0), rows.int64(1))) }
        return (key, found)
    }

    /// The first 27 bits of a file's id, drawn at random.
    static func block(of file: UUID) -> Int64 {
        let bytes = file.uuid
        return (Int64(bytes.0) << 24 | Int64(bytes.1) << 16 | Int64(bytes.2) << 8 | Int64(bytes.3)) >> 5
    }
}

/// The beginning of an epoch by the numbers of a merged file.
struct MergedEpoch: Hashable {
    let firsts: [RowID.Log: Int64]
    let epoch: Int64
}
