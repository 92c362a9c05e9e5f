import Experimentation

extension Promise {
    /// Assigning leaves no trace.
    public static let storesNoAssignment = Promise("assign stores nothing") { run in
        for experiment in try Definitions.all() {
            for number in 0..<50 { _ = try run.assign(experiment.id, user: "user\(number)") }
        }
        try await run.requireStored(0, 0, "After assignments")
    }

    /// A record is there when its call returns.
    public static let storesBeforeReturning = Promise("a record is stored when its call returns") { run in
        try await run.requireStored(0, 0, "Before any record")
        for number in 1...20 {
            try await run.accept(.exposure("user\(number)"), "an exposure")
            try await run.requireStored(number, number - 1, "When exposure \(number) returned")
            try await run.accept(.outcome("user\(number)"), "an outcome")
            try await run.requireStored(number, number, "When outcome \(number) returned")
        }
    }

    /// Whatever is accepted is stored.
    public static let storesOddButLegal = Promise("everything odd but legal is stored") { run in
        var exposures = 0
        var outcomes = 0
        for (what, call) in UnusualInput.all {
            if case .exposure = call { exposures += 1 } else { outcomes += 1 }
            try await run.accept(call, what)
            try await run.requireStored(exposures, outcomes, "After \(what)")
        }
    }

    /// Testers and those left out are stored too; which exposures count is decided at analysis.
    public static let storesEveryEnrollment = Promise("exposures are stored with each enrollment") { run in
        _ = try await run.stored()
        for call in Call.everyEnrollment { try await run.accept(call, "an exposure of some enrollment") }
        try await run.requireStored(Call.everyEnrollment.count, 0, "After exposures with each enrollment")
    }

    /// A record without an id is stored as often as it is recorded.
    public static let storesRepeats = Promise("records without an id are each stored, repeated and out of order too") {
        run in
        _ = try await run.stored()
        for offset: Int64 in [0, 0, 60_000_000, -60_000_000] {
            try await run.accept(.exposure("ada") { $0.timestampMicroseconds += offset }, "a repeated exposure")
            try await run.accept(.outcome("ada") { $0.timestampMicroseconds += offset }, "a repeated outcome")
        }
        try await run.accept(.exposure("ada") { $0.variantID = "treatment" }, "a second variant of one unit")
        try await run.requireStored(5, 4, "After repeated records without an id")
    }

    /// A record with an id is stored once, however often it is recorded.
    public static let storesRecordIDOnce = Promise("a record's id is stored once in its log, and a repeat succeeds") {
        run in
        _ = try await run.stored()
        let records: @Sendable (RecordID) -> [Call] = { id in
            [.exposure("ada") { $0.id = id }, .outcome("ada") { $0.id = id }]
        }
        for call in records("a") + records("a") { try await run.accept(call, "a repeated id") }
        try await run.requireStored(1, 1, "After one id, recorded twice in each log")
        let changed = Call.exposure("grace") {
            $0.id = "a"
            $0.timestampMicroseconds += 1
        }
        try await run.accept(changed, "another record under a known id")
        try await run.requireStored(1, 1, "After another record under a known id")
        for id: RecordID in ["caf\u{e9}", "cafe\u{301}"] {
            for call in records(id) { try await run.accept(call, "a new id") }
        }
        try await run.requireStored(3, 3, "After two ids that differ in their normalisation")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<16 {
                for call in records("at once") {
                    group.addTask { try await run.accept(call, "an id recorded at once") }
                }
            }
            try await group.waitForAll()
        }
        try await run.requireStored(4, 4, "After 16 tasks recorded one id")
    }

    /// Bad input leaves nothing, and its neighbours are all stored.
    public static let storesNothingBad = Promise("nothing of bad input is stored, and all that was recorded beside it")
    { run in
        _ = try await run.stored()
        let unknown = Definitions.unknown.flatMap { Call.records(of: $0) }
        for call in BadInput.all.flatMap(\.calls) + unknown {
            do throws(ExperimentError) { try await call.make(on: run.plugin) } catch { continue }
        }
        try await run.requireStored(0, 0, "After bad input alone")
        _ = await MixedRecords.record(on: run.plugin)
        try await run.requireStored(
            MixedRecords.good, MixedRecords.good, "After bad input among good records")
    }

    /// Tasks that record at once do not overwrite each other.
    public static let losesNoRecord = Promise("what many tasks record at once is all stored") { run in
        _ = try await run.stored()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<64 {
                group.addTask {
                    for _ in 0..<20 {
                        try await run.accept(.exposure("user\(number)"), "a record among others")
                        try await run.accept(.outcome("user\(number)"), "a record among others")
                    }
                }
            }
            try await group.waitForAll()
        }
        try await run.requireStored(64 * 20, 64 * 20, "After 64 tasks recorded 20 of each")
    }
}
