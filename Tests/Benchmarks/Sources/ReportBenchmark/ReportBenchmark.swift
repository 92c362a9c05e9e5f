import ExperimentAnalysis
import ExperimentReporting
import ExperimentStorage
import Experimentation
import Foundation
import RawSQLite

/// A whole report, analysis and JSON, of a million outcomes of 200,000 units, beside what plain SQLite takes for the view
/// `results` and for counting the rows; interleaved rounds on one file, median.
///
///     swift run -c release --package-path Tests/Benchmarks ReportBenchmark [ROUNDS] [UNITS] [FOLDER]
@main
struct ReportBenchmark {
    static func main() throws {
        let arguments = CommandLine.arguments
        let rounds = arguments.count > 1 ? Int(arguments[1]) ?? 7 : 7
        let units = arguments.count > 2 ? Int(arguments[2]) ?? 200_000 : 200_000
        let folder = arguments.count > 3 ? arguments[3] : FileManager.default.currentDirectoryPath
        let path = folder + "/report-\(ProcessInfo.processInfo.processIdentifier).db"
        defer {
            for suffix in ["", "-wal", "-shm", "-owner", "-guard"] {
                try? FileManager.default.removeItem(atPath: path + suffix)
            }
        }
        let clock = ContinuousClock()
        let filling = try clock.measure { try Shop(units: units).fill(path) }
        print("\(units) units, \(units * 5) outcomes, imported through the library in \(format(seconds(filling))) s")
        var ways = [
            Way("report: analysis and JSON") { try report(path) },
            Way("select * from results, C API") { query(path, "SELECT * FROM results") },
            Way("select count(*) from outcome, C API") { query(path, "SELECT count(*) FROM outcome_log") },
        ]
        for _ in 0..<rounds {
            for index in ways.indices { try ways[index].measure() }
        }
        print("| way | s, median | s, best | report ÷ way, median |")
        print("|---|---:|---:|---:|")
        for way in ways {
            let ratios = zip(ways[0].times, way.times).map { $0 / $1 }
            let cells = [median(way.times), way.times.min() ?? 0, median(ratios)].map(format)
            print("| \(way.name) | \(cells.joined(separator: " | ")) |")
        }
    }

    /// One way of asking, and how long it took each time.
    struct Way {
        let name: String
        let ask: () throws -> Void
        var times: [Double] = []

        init(_ name: String, _ ask: @escaping () throws -> Void) {
            self.name = name
            self.ask = ask
        }

        mutating func measure() throws {
            times.append(seconds(try ContinuousClock().measure { try ask() }))
        }
    }

    private static func report(_ path: String) throws {
        let results = try ExperimentAnalyzer(databaseAt: path).analyze()
        precondition(JSONReport.render(results).utf8.count > 1_000)
    }

    private static func query(_ path: String, _ sql: String) {
        precondition(raw_sqlite_query(path, sql) > 0)
    }

    static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }

    static func format(_ value: Double) -> String { String(format: "%.3f", value) }

    static func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
    }
}
