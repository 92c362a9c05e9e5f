import ExperimentStorage
import Logging
import StoreTestSupport
import Synchronization

/// The messages that a store logs at a level and above: the reasons, or the texts of messages without a reason.
final class LoggedMessages: Sendable {
    private struct Handler: LogHandler {
        let messages: LoggedMessages
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.error

        init(_ messages: LoggedMessages) { self.messages = messages }

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            messages.reasons.withLock { $0.append("\(event.metadata?["reason"] ?? "\(event.message)")") }
        }
    }

    private let reasons = Mutex<[String]>([])
    private let level: Logger.Level

    init(_ level: Logger.Level = .error) { self.level = level }

    var all: [String] { reasons.withLock { $0 } }

    /// A store that logs here.
    var configuration: StoreConfiguration {
        var configuration = TestStore.quiet
        configuration.definitionRefresh = .milliseconds(20)
        configuration.logger = Logger(label: "test") { [self] _ in Handler(self) }
        configuration.logger.logLevel = level
        return configuration
    }
}
