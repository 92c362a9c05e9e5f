import ArgumentParser
import ServiceLifecycle
import UnixSignals

/// `experiments-forward run`: sends what is recorded until it is told to end.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Sends what is recorded, beside a server or without one, until SIGTERM or SIGINT.",
        discussion: """
            A destination that is away, a full disk and a refused key are logged once, and tried again. The place among the
            rows is kept in the database, so whenever the process ends, the next one goes on from there.

            EXAMPLE
              POSTHOG_KEY=phc_… experiments-forward run forward.toml --database shop.db
            """)

    @OptionGroup var options: ForwardingOptions

    func run() async throws {
        let service = try await options.open()
        try await ServiceGroup(
            services: [service], gracefulShutdownSignals: [.sigterm, .sigint], logger: ForwardingOptions.logger
        ).run()
    }
}
