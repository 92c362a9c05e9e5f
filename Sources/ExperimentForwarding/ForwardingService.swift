public import Experimentation
public import Logging
public import Metrics
public import ServiceLifecycle

/// Sends what a database file records to destinations: a service beside the store, in the same process or in one of its own.
///
/// ```swift
/// let forwarding = try await ForwardingService.open(database: "shop.db", to: destinations, logger: logger)
/// let group = ServiceGroup(services: [store, forwarding, application], gracefulShutdownSignals: [.sigterm], logger: logger)
/// ```
///
/// Each destination has a place among the rows, kept in the file, and goes on from there whenever the process ends. The service
/// works on connections of its own, so that recording waits for it no longer than for another row.
public struct ForwardingService: Service {
    /// The forwarders, in the order of their destinations.
    private let forwarders: [(name: DestinationName, forwarder: Forwarder)]
    private let transport: HTTPTransport

    /// Opens a file for its destinations; sends nothing yet.
    /// - Parameters:
    ///   - path: Where the database is; it must be there.
    ///   - destinations: Where to send, each under a name of its own.
    ///   - options: How the forwarders go about their work.
    ///   - transport: How requests are sent; closed with the service.
    ///   - logger: Is told of alarms, refusals and what a destination cannot hold; never of keys, addresses or user data.
    ///   - metrics: Is told what was sent, refused and withheld, and the lag, by destination.
    /// - Returns: The service.
    /// - Throws: ``Experimentation/ExperimentError/backend(_:)`` when the file is missing, not ours, damaged, of another
    ///   version, or merged from others.
    public static func open(
        database path: String, to destinations: [Destination], options: Forwarder.Options = Forwarder.Options(),
        transport: HTTPTransport = HTTPTransport(), logger: Logger,
        metrics: any MetricsFactory = MetricsSystem.factory
    ) async throws(ExperimentError) -> ForwardingService {
        var forwarders: [(name: DestinationName, forwarder: Forwarder)] = []
        do throws(ExperimentError) {
            for destination in destinations {
                let outbox = try await FileOutbox.open(at: path)
                let forwarder = Forwarder(
                    from: outbox, to: destination, through: transport, options: options, logger: logger,
                    metrics: metrics)
                forwarders.append((destination.name, forwarder))
            }
        } catch {
            await transport.close()
            throw error
        }
        return ForwardingService(forwarders: forwarders, transport: transport)
    }

    /// Sends what is recorded until the task is cancelled or its service group shuts down gracefully, then closes connections.
    ///
    /// A destination that is away, a full disk and a refused key are logged once, and tried again. A request under way is waited
    /// for; what is not sent by then is sent by the next process.
    public func run() async {
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                for (_, forwarder) in forwarders { group.addTask { await forwarder.run() } }
            }
        }
        await transport.close()
    }

    /// Sends everything that is recorded when it begins, to all destinations at once, and ends; for a job of cron's.
    /// - Returns: By destination, in their order: what was done, or the failure of the file that ended it. Nothing that was
    ///   taken is lost; some of it may be sent again.
    public func drain() async -> [(destination: DestinationName, result: Result<DrainReport, any Error>)] {
        await withTaskGroup(of: (Int, Result<DrainReport, any Error>).self) { group in
            for (index, entry) in forwarders.enumerated() {
                group.addTask {
                    do {
                        return (index, .success(try await entry.forwarder.drain()))
                    } catch {
                        return (index, .failure(error))
                    }
                }
            }
            let results = await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
            return forwarders.enumerated().compactMap { index, entry in results[index].map { (entry.name, $0) } }
        }
    }

    /// How the destinations stand, in their order; reads the file, sends nothing.
    /// - Returns: Lag, rows sent, refused and withheld, and what to look into.
    /// - Throws: ``Experimentation/ExperimentError/backend(_:)`` when the file cannot be read.
    public func status() async throws -> [DeliveryStatus] {
        var status: [DeliveryStatus] = []
        for (_, forwarder) in forwarders { status.append(try await forwarder.status()) }
        return status
    }

    /// Moves a destination past everything that is recorded by now: only later rows are sent to it.
    /// - Parameter destination: The destination's name.
    /// - Returns: The rows that are not sent; nil where no destination has the name.
    /// - Throws: ``Experimentation/ExperimentError/backend(_:)`` when the file cannot be read or written.
    public func skip(_ destination: DestinationName) async throws -> Int64? {
        guard let forwarder = forwarders.first(where: { $0.name == destination })?.forwarder else { return nil }
        return try await forwarder.skip()
    }

    /// Forgets a destination that is in no file of destinations any more: rows do not wait for it.
    /// - Parameters:
    ///   - destination: The destination's name.
    ///   - path: Where the database is.
    /// - Returns: Whether the database knew it.
    /// - Throws: ``Experimentation/ExperimentError/backend(_:)`` when the file cannot be read or written.
    public static func forget(
        _ destination: DestinationName, database path: String
    ) async throws(ExperimentError) -> Bool {
        let outbox = try await FileOutbox.open(at: path)
        return try await outbox.forget(destination)
    }

    /// Closes the connections of a service that does not run.
    public func close() async { await transport.close() }
}
