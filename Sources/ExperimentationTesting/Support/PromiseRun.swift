import Experimentation

/// One backend while one promise is checked on it.
struct PromiseRun: Sendable {
    /// The promise is broken.
    struct Failure: Error {
        let reason: String
    }

    /// The backend cannot tell whether the promise is kept.
    struct Unanswerable: Error {}

    let tested: TestedPlugin
    let setting: Setting
    let isDefaultAlgorithm: Bool
    let makePlugin: @Sendable (Setting) async throws -> TestedPlugin

    var plugin: any ExperimentPlugin { tested.plugin }

    /// Runs a check on a second backend with the same definitions, or with others.
    func another(in setting: Setting? = nil, _ check: (PromiseRun) async throws -> Void) async throws {
        let setting = setting ?? self.setting
        let tested = try await makePlugin(setting)
        let run = PromiseRun(
            tested: tested, setting: setting, isDefaultAlgorithm: isDefaultAlgorithm, makePlugin: makePlugin)
        let result: Result<Void, any Error>
        do { result = .success(try await check(run)) } catch { result = .failure(error) }
        await tested.close()
        try result.get()
    }

    /// Runs a check after an experiment got another definition: on this backend if it can be told, else on a second one.
    func redefining(_ experiment: Experiment, _ check: (PromiseRun) async throws -> Void) async throws {
        let setting = setting.redefining(experiment)
        guard let redefine = tested.redefine else { return try await another(in: setting, check) }
        try await redefine(experiment)
        try await check(
            PromiseRun(tested: tested, setting: setting, isDefaultAlgorithm: isDefaultAlgorithm, makePlugin: makePlugin)
        )
    }

    /// Fails the promise unless a condition holds.
    func require(_ condition: Bool, _ reason: @autoclosure () -> String) throws(Failure) {
        guard condition else { throw Failure(reason: reason()) }
    }

    /// The answer for a user, which must be one.
    func assign(_ experiment: ExperimentName, user: UnitID?) throws(Failure) -> Variant {
        try assign(experiment, ExperimentContext(userID: user?.text))
    }

    /// The answer for a context, which must be one.
    func assign(_ experiment: ExperimentName, _ context: ExperimentContext) throws(Failure) -> Variant {
        do throws(ExperimentError) {
            return try plugin.assign(experiment.text, for: context)
        } catch {
            throw Failure(reason: "assign refused a legal call: \(error).")
        }
    }

    /// Makes a call that must succeed.
    func accept(_ call: Call, _ what: String) async throws(Failure) {
        do throws(ExperimentError) {
            try await call.make(on: plugin)
        } catch {
            throw Failure(reason: "\(call.name) refused \(what): \(error).")
        }
    }

    /// Makes a call that must fail, and returns its error.
    func refusal(of call: Call, _ what: String) async throws(Failure) -> ExperimentError {
        do throws(ExperimentError) {
            try await call.make(on: plugin)
        } catch {
            return error
        }
        throw Failure(reason: "\(call.name) accepted \(what).")
    }

    /// The numbers of exposures and outcomes that are durable.
    func stored() async throws -> StoredCounts {
        guard let exposures = tested.storedExposures, let outcomes = tested.storedOutcomes else {
            throw Unanswerable()
        }
        return StoredCounts(exposures: try await exposures(), outcomes: try await outcomes())
    }

    /// Fails the promise unless exactly so many records are durable.
    func requireStored(_ exposures: Int, _ outcomes: Int, _ when: String) async throws {
        let stored = try await stored()
        try require(
            stored == StoredCounts(exposures: exposures, outcomes: outcomes),
            "\(when), \(stored.exposures) exposures and \(stored.outcomes) outcomes were stored; "
                + "expected \(exposures) and \(outcomes).")
    }
}

/// The numbers of durable records, by kind.
struct StoredCounts: Equatable {
    let exposures: Int
    let outcomes: Int
}

extension PromiseRun {
    /// The designs' units that are enrolled, each with its answer; the others must get the control.
    func enrolled(_ experiment: ExperimentName) throws(Failure) -> [UnitID: Variant] {
        var enrolled: [UnitID: Variant] = [:]
        for user in Designs.users {
            let answer = try assign(experiment, user: user)
            if answer.enrollment == .enrolled {
                enrolled[user] = answer
            } else {
                try require(
                    answer.isControl && answer.enrollment == .notEnrolled,
                    "\(experiment): a unit left out gets \(answer.variantID), \(answer.enrollment).")
            }
        }
        return enrolled
    }

    /// Fails the promise unless a share is about the one expected.
    func requireShare(_ count: Int, of total: Int, _ expected: Double, _ what: String) throws(Failure) {
        let share = Double(count) / Double(max(total, 1))
        try require(abs(share - expected) < 0.1, "\(what) \(share) of the units, not about \(expected).")
    }
}

/// The definitions in a backend when a promise is checked on it.
struct Setting: Sendable {
    var experiments: [Experiment]
    var holdout: Holdout?

    /// The same with another definition of one of the experiments.
    func redefining(_ experiment: Experiment) -> Setting {
        var setting = self
        setting.experiments = experiments.map { $0.id == experiment.id ? experiment : $0 }
        return setting
    }

    /// The definitions that every backend gets, whatever of designs it can do.
    static func plain() throws(ExperimentError) -> Setting { Setting(experiments: try Definitions.all()) }
}
