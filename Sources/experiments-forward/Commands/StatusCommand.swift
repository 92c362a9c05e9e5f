import ArgumentParser
import ExperimentForwarding
import ExperimentJSON
import Experimentation
import Foundation

/// `experiments-forward status`: how each destination stands.
struct StatusCommand: AsyncParsableCommand {
    /// How to print.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text
        case json
        case prometheus
    }

    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Says how each destination stands: what is still to be sent, and what to look into.",
        discussion: """
            Sends nothing. The exit code is 4 where a destination has an alarm. Rows that were refused, and why, are in the
            database: SELECT * FROM delivery_refusal.

            EXAMPLE
              experiments-forward status forward.toml --database shop.db --format prometheus
            """)

    @OptionGroup var options: ForwardingOptions
    @Option(help: "How to print: text, json or prometheus.") var format = Format.text

    func run() async throws {
        let service = try await options.open()
        let status: [DeliveryStatus]
        do {
            status = try await service.status()
        } catch {
            await service.close()
            throw error
        }
        await service.close()
        let now = Int64(Date.now.timeIntervalSince1970 * 1e6)
        switch format {
        case .text: for destination in status { print(Self.text(destination, at: now)) }
        case .json:
            let members: [JSONValue.Member] = [("destinations", .array(status.map { Self.json($0, at: now) }))]
            print(JSONValue.object(members).document, terminator: "")
        case .prometheus: print(Self.prometheus(status, at: now), terminator: "")
        }
        if status.contains(where: { $0.alarm != nil }) { throw ExitCode(ExitStatus.alarm) }
    }

    /// How long the oldest row that is still to be sent waits, in seconds; 0 where none does.
    private static func age(_ status: DeliveryStatus, at now: Int64) -> Int64 {
        max(0, (now - (status.lag.oldestMicroseconds ?? now)) / 1_000_000)
    }

    private static func withheld(_ status: DeliveryStatus) -> [(reason: Withholding, rows: Int64)] {
        status.withheld.sorted { $0.key.rawValue < $1.key.rawValue }.map { ($0.key, $0.value) }
    }

    /// A destination in lines.
    static func text(_ status: DeliveryStatus, at now: Int64) -> String {
        let waiting =
            status.lag.rows == 0
            ? "everything is sent" : "\(status.lag.rows) rows to go, the oldest from \(age(status, at: now)) s ago"
        var lines = ["\(status.destination): \(waiting)", "  \(status.sent) sent, \(status.refused) refused"]
        for (reason, rows) in withheld(status) { lines.append("  \(rows) withheld: \(reason.rawValue)") }
        if status.mayCountRepeats {
            lines.append("  a row that is sent again counts again there: it knows no ids")
        }
        for note in status.notes { lines.append("  \(note)") }
        if let alarm = status.alarm { lines.append("  look into: \(alarm)") }
        return lines.joined(separator: "\n")
    }

    static func json(_ status: DeliveryStatus, at now: Int64) -> JSONValue {
        .object([
            ("destination", .string(status.destination.text)), ("lag_rows", .integer(Int(status.lag.rows))),
            ("lag_seconds", .integer(Int(age(status, at: now)))), ("sent", .integer(Int(status.sent))),
            ("refused", .integer(Int(status.refused))),
            ("withheld", .object(withheld(status).map { ($0.reason.rawValue, .integer(Int($0.rows))) })),
            ("last_sent_us", status.lastSentMicroseconds.map { .integer(Int($0)) } ?? .null),
            ("may_count_repeats", .bool(status.mayCountRepeats)),
            ("notes", .array(status.notes.map { .string("\($0)") })),
            ("alarm", status.alarm.map { .string("\($0)") } ?? .null),
        ])
    }

    /// The figures in Prometheus' text format, under the names that a server's metrics have.
    static func prometheus(_ all: [DeliveryStatus], at now: Int64) -> String {
        func family(_ name: String, _ type: String, _ value: (DeliveryStatus) -> Int64) -> String {
            let lines = all.map { "\(name){destination=\"\(escaped($0.destination.text))\"} \(value($0))\n" }
            return "# TYPE \(name) \(type)\n" + lines.joined()
        }
        return family("experiments_forwarding_lag_rows", "gauge") { $0.lag.rows }
            + family("experiments_forwarding_lag_seconds", "gauge") { age($0, at: now) }
            + family("experiments_forwarded_rows_total", "counter") { $0.sent }
            + family("experiments_forwarding_refused_rows_total", "counter") { $0.refused }
            + family("experiments_forwarding_alarm", "gauge") { $0.alarm == nil ? 0 : 1 }
    }

    /// A label's value; source: Prometheus' text format 0.0.4.
    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
}
