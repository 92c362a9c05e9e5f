import Dispatch
import Experimentation
import Synchronization
import TestSupport

/// The records that a plugin in memory has stored, and the ways to go wrong while storing.
final class FaultyLog: Sendable {
    enum Kind: Hashable, Sendable {
        case exposures
        case outcomes
    }

    private struct State {
        var counts: [Kind: Int] = [:]
        var ids: [Kind: Set<RecordID>] = [:]
        var seen: Set<String> = []
        var isPoisoned = false
        var callers = 0
    }

    private let state = Mutex(State())
    private let company = DispatchSemaphore(value: 0)

    func count(_ kind: Kind) -> Int { state.withLock { $0.counts[kind] ?? 0 } }

    func add(_ kind: Kind) { state.withLock { $0.counts[kind, default: 0] += 1 } }

    func poison() { state.withLock { $0.isPoisoned = true } }

    func takePoison() -> Bool {
        state.withLock { state in
            defer { state.isPoisoned = false }
            return state.isPoisoned
        }
    }

    func store(_ id: RecordID?, _ kind: Kind, _ userID: UnitID?, _ fault: Fault?) async throws(ExperimentError) {
        switch fault {
        case .storesLater:
            Task {
                try await Task.sleep(for: .milliseconds(200))
                add(kind)
            }
            return
        case .losesUpdates:
            let before = count(kind)
            await Task.yield()
            state.withLock { $0.counts[kind] = before + 1 }
            return
        case .refusesCompany:
            let isAlone = state.withLock { state in
                defer { state.callers += 1 }
                return state.callers == 0
            }
            defer { state.withLock { $0.callers -= 1 } }
            guard isAlone else {
                throw .backend(BackendFailure(operation: "record", message: "somebody else is writing"))
            }
            await Task.yield()
        case .sleeps: blockThread(for: .milliseconds(2))
        case .sleepsAfterSuspending:
            await withCheckedContinuation { continuation in
                DispatchQueue.global().async { continuation.resume() }
            }
            // Long enough that the few that a busy machine resumes at a time still hold the thread for a second.
            blockThread(for: .milliseconds(20))
        case .waitsOnSemaphore: Self.waitOnSemaphore()
        // A batch that is written when it is full, and callers that wait for that on their thread.
        case .waitsForCompany: waitForCompany()
        default: break
        }
        try remember(id, kind, userID, fault)
    }

    private func remember(_ id: RecordID?, _ kind: Kind, _ userID: UnitID?, _ fault: Fault?) throws(ExperimentError) {
        let isRefused = state.withLock { state -> Bool in
            if let id, fault != .ignoresRecordIDs {
                let isNormalising = fault == .normalisesRecordIDs
                let id = isNormalising ? RecordID(id.text.replacing("e\u{301}", with: "\u{e9}")) : id
                let log = fault == .sharesRecordIDs ? .exposures : kind
                guard state.ids[log, default: []].insert(id).inserted else {
                    return fault == .refusesRepeatedIDs
                }
            } else if fault == .dropsRepeats, let userID, !state.seen.insert("\(kind) \(userID)").inserted {
                return false
            }
            state.counts[kind, default: 0] += 1
            return false
        }
        if isRefused { throw .backend(BackendFailure(operation: "record", message: "the id is there already")) }
    }

    private static func waitOnSemaphore() {
        let written = DispatchSemaphore(value: 0)
        DispatchQueue.global().asyncAfter(deadline: .now() + 0.003) { written.signal() }
        written.wait()
    }

    private func waitForCompany() {
        // The first never gets any: whoever could join needs its thread.
        _ = company.wait(timeout: .now() + 30)
    }
}
