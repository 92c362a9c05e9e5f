import Dispatch
import ExperimentDatabase
public import Experimentation

/// An ``Experimentation/ExperimentPlugin`` that keeps experiments, exposures and outcomes in one SQLite file.
///
/// Open one store for a file and share it between all tasks and threads. It owns the file: no other server can open it
/// meanwhile, while analysts and the tool read it freely. `assign` reads memory. A recorded event is on disk when its
/// call returns; calls that arrive together share one commit. A forked child can assign, and nothing else.
public final class ExperimentStore: ExperimentPlugin {
    /// `sqlite`.
    public let name = "sqlite"
    let core: StoreCore

    private init(_ core: StoreCore) {
        self.core = core
    }

    deinit {
        // Whoever forgot to close: records that are queued are written before the file is let go.
        let core = core
        if !core.isForked { core.queue.async { core.close() } }
    }

    /// Opens a file, and creates it when there is none; waits for its previous owner to leave.
    /// - Parameters:
    ///   - path: Where the file is, on a local disk.
    ///   - configuration: How the store writes.
    /// - Returns: The store.
    /// - Throws: ``Experimentation/ExperimentError/backend(_:)`` when the file is not ours, damaged, of a newer
    ///   library, or still owned by another process after ``StoreConfiguration/ownerWait``.
    public static func open(
        at path: String, configuration: StoreConfiguration = StoreConfiguration()
    ) async throws(ExperimentError) -> ExperimentStore {
        let result: Result<ExperimentStore, ExperimentError> = await withUnsafeContinuation { continuation in
            // A thread of its own: it may wait ten seconds, which neither Swift's pool nor Dispatch's should notice.
            DispatchQueue(label: "experiments.store.open").async {
                do throws(ExperimentError) {
                    continuation.resume(returning: .success(try openBlocking(at: path, configuration)))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
        return try result.get()
    }

    /// Opens a file as the asynchronous form does, and blocks the thread meanwhile.
    /// - Parameters:
    ///   - path: Where the file is, on a local disk.
    ///   - configuration: How the store writes.
    /// - Returns: The store.
    /// - Throws: As the asynchronous form.
    public static func open(
        at path: String, configuration: StoreConfiguration = StoreConfiguration()
    ) throws(ExperimentError) -> ExperimentStore {
        try openBlocking(at: path, configuration)
    }

    private static func openBlocking(
        at path: String, _ configuration: StoreConfiguration
    ) throws(ExperimentError) -> ExperimentStore {
        let path = try translating("open") { try DatabasePath(path) }
        return ExperimentStore(try StoreCore(path, configuration))
    }

    /// Writes what is queued, refuses what comes after, and lets the file go.
    public func close() async {
        let core = core
        guard !core.isForked else { return }
        await withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in
            core.queue.async {
                core.close()
                continuation.resume()
            }
        }
    }

    /// Closes as the asynchronous form does, and blocks the thread meanwhile.
    public func close() {
        if !core.isForked { core.queue.sync { core.close() } }
    }

    /// Chooses the variant from memory; no I/O, no allocation.
    /// - Parameters:
    ///   - experiment: The experiment's id.
    ///   - context: Who asks.
    /// - Returns: A declared variant.
    /// - Throws: As the protocol says.
    public func assign(_ experiment: String, for context: ExperimentContext) throws(ExperimentError) -> Variant {
        try core.assign(ExperimentName(experiment), context)
    }
}
