import Experimentation

extension Promise {
    /// Assigning leaves no trace.
    public static let storesNoAssignment = Promise("assign stores nothing") { trial in
        for experiment in try Definitions.all() {
            for number in 0..<50 { _ = try trial.assign(experiment.id, user: "user\(number)") }
        }
        try await trial.requireStored(0, 0, "After assignments")
    }

    /// A record is there when its call returns.
    public static let storesBeforeReturning = Promise("a record is stored when its call returns") { trial in
        try await trial.requireStored(0, 0, "Before any record")
        for number in 1...20 {
            try await trial.accept(.exposure("user\(number)"), "an exposure")
            try await trial.requireStored(number, number - 1, "When exposure \(number) returned")
            try await trial.accept(.outcome("user\(number)"), "an outcome")
            try await trial.requireStored(number, number, "When outcome \(number) returned")
        }
    }

    /// Whatever is accepted is stored.
    public static let storesOddButLegal = Promise("everything odd but legal is stored") { trial in
        var exposures = 0
        var outcomes = 0
        for (what, call) in OddInput.all {
            if case .exposure = call { exposures += 1 } else { outcomes += 1 }
            try await trial.accept(call, what)
            try await trial.requireStored(exposures, outcomes, "After \(what)")
        }
    }

    /// Testers and those left out are stored too; which exposures count is decided at analysis.
    public static let storesEveryEnrollment = Promise("exposures are stored with each enrollment") { trial in
        _ = try await trial.stored()
        for call in Call.everyEnrollment { try await trial.accept(call, "an exposure of some enrollment") }
        try await trial.requireStored(Call.everyEnrollment.count, 0, "After exposures with each enrollment")
    }

    /// A record without an id is stored as often as it is recorded.
    public static let storesRepeats = Promise("records without an id are each stored, repeated and out of order too") {
        trial in
        _ = try await trial.stored()
        for offset: Int64 in [0, 0, 60_000_000, -60_000_000] {
            try await trial.accept(.exposure("ada") { $0.timestampMicroseconds += offset }, "a repeated exposure")
            try await trial.accept(.outcome("ada") { $0.timestampMicroseconds += offset }, "a repeated outcome")
        }
        try await trial.accept(.exposure("ada") { $0.variantID = "treatment" }, "a second variant of one unit")
        try await trial.requireStored(5, 4, "After repeated records without an id")
    }

    /// A record with an id is stored once, however often it is recorded.
    public static let storesRecordIDOnce = Promise("a record's id is stored once in its log, and a repeat succeeds") {
        trial in
        _ = try await trial.stored()
        let records: @Sendable (RecordID) -> [Call] = { id in
            [.exposure("ada") { $0.id = id }, .outcome("ada") { $0.id = id }]
        }
        for call in records("a") + records("a") { try await trial.accept(call, "a repeated id") }
        try await trial.requireStored(1, 1, "After one id, recorded twice in each log")
        let changed = Call.exposure("grace") {
            $0.id = "a"
            $0.timestampMicroseconds += 1
        }
        try await trial.accept(changed, "another record under a known id")
        try await trial.requireStored(1, 1, "After another record under a known id")
        for id: RecordID in ["caf\u{e9}", "cafe\u{301}"] {
            for call in records(id) { try await trial.accept(call, "a new id") }
        }
        try await trial.requireStored(3, 3, "After two ids that differ in their normalisation")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<16 {
                for call in records("at once") {
                    group.addTask { try await trial.accept(call, "an id recorded at once") }
                }
            }
            try await group.waitForAll()
        }
        try await trial.requireStored(4, 4, "After 16 tasks recorded one id")
    }

    /// Of bad input nothing remains, of its neighbours everything.
    public static let storesNothingBad = Promise("nothing of bad input is stored, and all that was recorded beside it")
    { trial in
        _ = try await trial.stored()
        let unknown = Definitions.unknown.flatMap { Call.records(of: $0) }
        for call in BadInput.all.flatMap(\.calls) + unknown {
            do throws(ExperimentError) { try await call.make(on: trial.plugin) } catch { continue }
        }
        try await trial.requireStored(0, 0, "After bad input alone")
        _ = await Neighbourhood.record(on: trial.plugin)
        try await trial.requireStored(
            Neighbourhood.good, Neighbourhood.good, "After bad input among good records")
    }

    /// Tasks that record at once do not overwrite each other.
    public static let losesNoRecord = Promise("what many tasks record at once is all stored") { trial in
        _ = try await trial.stored()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<64 {
                group.addTask {
                    for _ in 0..<20 {
                        try await trial.accept(.exposure("user\(number)"), "a record among others")
                        try await trial.accept(.outcome("user\(number)"), "a record among others")
                    }
                }
            }
            try await group.waitForAll()
        }
        try await trial.requireStored(64 * 20, 64 * 20, "After 64 tasks recorded 20 of each")
    }
}
