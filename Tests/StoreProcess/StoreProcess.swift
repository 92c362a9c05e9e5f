import ExperimentPlatform
import ExperimentStorage
import Experimentation
import Logging
import SystemPackage
import TestSupport

/// A process that tests start: it creates a file beside others, crashes, serves, or writes to a disk that is full.
///
/// It exits with 0 when everything was as it should be, with 1 and a sentence when not.
@main
struct StoreProcess {
    static func main() async {
        let arguments = CommandLine.arguments
        do {
            switch arguments[1] {
            case "create": try create(arguments[2], number: arguments[3])
            case "crash": try await crash(arguments[2])
            case "fork": try Fork(path: arguments[2]).run()
            case "full": try await FullDisk(path: arguments[2]).fail()
            case "full-enqueued": try await FullDisk(path: arguments[2]).keepEnqueued()
            case "full-close": try await FullDisk(path: arguments[2]).close()
            case "serve": try Serve(path: arguments[2], callers: Int(arguments[3]) ?? 1).run()
            case "deploy": try Deploy(path: arguments[2], drainSeconds: Double(arguments[3]) ?? 0).run()
            case "month":
                try await Month(
                    path: arguments[2], usersPerDay: Int(arguments[4]) ?? 0, firstDay: Int(arguments[3]) ?? 0
                ).run()
            default: fail("no such command")
            }
        } catch {
            fail("\(error)")
        }
    }

    /// Waits for the starting gun, opens a file, which creates it when there is none, and writes ten records.
    static func create(_ folder: String, number: String) throws {
        try FileDescriptor.open(
            FilePath(folder + "/ready" + number), .writeOnly, options: .create, permissions: .ownerReadWrite
        ).close()
        // Ends without it, too: the test that would fire may have been ended.
        let deadline = ContinuousClock.now + .seconds(120)
        while (try? Stat(FilePath(folder + "/go"))) == nil, ContinuousClock.now < deadline {
            blockThread(for: .microseconds(200))
        }
        let tool = try ExperimentAdministrator.open(at: folder + "/shop.db", creating: true)
        let records = try tool.beginImport(digest: number)
        for index in 0..<10 { try records.add(Shop.outcome("user \(number) \(index)", experiment: nil)) }
        try records.finish()
    }

    /// Records fifty outcomes, and is gone without closing anything.
    static func crash(_ path: String) async throws {
        let store = try await ExperimentStore.open(at: path, configuration: quiet)
        for index in 0..<50 { try await store.recordOutcome(Shop.outcome("user\(index)", experiment: nil)) }
        OwnProcess.vanish(9)
    }

    static var quiet: StoreConfiguration {
        var configuration = StoreConfiguration()
        configuration.logger.handler = SwiftLogNoOpLogHandler()
        return configuration
    }

    static func require(_ condition: Bool, _ sentence: String) {
        if !condition { fail(sentence) }
    }

    static func fail(_ sentence: String) -> Never {
        _ = try? FileDescriptor.standardError.writeAll("StoreProcess: \(sentence)\n".utf8)
        ThisProcess.end(1)
    }
}
