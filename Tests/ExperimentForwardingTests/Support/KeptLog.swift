import Logging
import Synchronization

/// Keeps what is logged.
final class KeptLog: Sendable {
    private let lines = Mutex<[String]>([])

    /// Every line with its metadata.
    var texts: [String] { lines.withLock { $0 } }

    var logger: Logger { Logger(label: "test") { _ in Handler(log: self) } }

    private func add(_ text: String) { lines.withLock { $0.append(text) } }

    private struct Handler: LogHandler {
        let log: KeptLog
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let all = metadata.merging(event.metadata ?? [:], uniquingKeysWith: { $1 })
            log.add("\(event.level) \(event.message) \(all)")
        }
    }
}
