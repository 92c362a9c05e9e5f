public import ExperimentDefinitions

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Tells when a definitions file has other content, so that a server can apply what somebody has edited.
public struct DefinitionsWatcher: Sendable {
    /// Finding of a look at the file.
    public enum Event: Sendable, Hashable {
        /// The file has other content than before: these definitions.
        case changed(Definitions)
        /// The file cannot be used as it is; what it said before stays in force.
        case broken(DefinitionsFileError)
    }

    private let path: String
    private let interval: Duration

    /// Watches a file.
    /// - Parameters:
    ///   - path: Where the file is.
    ///   - interval: How often it is looked at; each look reads the file.
    public init(_ path: String, every interval: Duration = .seconds(1)) {
        self.path = path
        self.interval = interval
    }

    /// Findings of looks at the file, at once and after every change; the stream ends when its task is cancelled.
    ///
    /// A file that is replaced, as editors and Kubernetes do, is read under its name. A file that is gone or half
    /// written is told as broken once, and as changed when it is whole again.
    public var events: AsyncStream<Event> {
        AsyncStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
            let task = Task {
                var last: Event?
                while !Task.isCancelled {
                    let event = look()
                    if event != last { continuation.yield(event) }
                    last = event
                    try? await Task.sleep(for: interval)
                }
                continuation.finish()
            }
            continuation.onTermination = { _ in task.cancel() }
        }
    }

    private func look() -> Event {
        do throws(DefinitionsFileError) { return .changed(try DefinitionsFile.read(path)) } catch {
            return .broken(error)
        }
    }
}
