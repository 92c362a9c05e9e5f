import ExperimentStorage
import Logging
import StoreTestSupport
import Synchronization

/// What a store logs as errors: their reasons.
final class LoggedErrors: Sendable {
    private struct Handler: LogHandler {
        let errors: LoggedErrors
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.error

        init(_ errors: LoggedErrors) { self.errors = errors }

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            errors.reasons.withLock { $0.append("\(event.metadata?["reason"] ?? "")") }
        }
    }

    private let reasons = Mutex<[String]>([])

    var all: [String] { reasons.withLock { $0 } }

    /// A store that logs its errors here.
    var configuration: StoreConfiguration {
        var configuration = TestStore.quiet
        configuration.definitionRefresh = .milliseconds(20)
        configuration.logger = Logger(label: "test") { [self] _ in Handler(self) }
        configuration.logger.logLevel = .error
        return configuration
    }
}
