import Experimentation
import Synchronization

/// A correct plugin in memory, or one with a single mistake.
final class FaultyPlugin: ExperimentPlugin {
    private let fault: Fault?
    private let holdout: Holdout?
    private let definitions: Mutex<FaultyDefinitions>
    private let calls = Atomic(0)
    let log = FaultyLog()

    init(_ experiments: [Experiment], _ holdout: Holdout? = nil, _ fault: Fault? = nil) throws {
        self.fault = fault
        self.holdout = holdout
        definitions = Mutex(try FaultyDefinitions(experiments, holdout, fault))
    }

    /// Takes another definition of one of its experiments, as an operator gives it.
    func redefine(_ experiment: Experiment) throws {
        if fault == .forgetsChanges { return }
        let changed = experiments.map { $0.id == experiment.id ? experiment : $0 }
        let definitions = try FaultyDefinitions(changed, holdout, fault)
        self.definitions.withLock { $0 = definitions }
    }

    private var experiments: [Experiment] { definitions.withLock { $0.experiments } }
    private var hash: HashExperimentPlugin { definitions.withLock { $0.hash } }

    var name: String { fault == .emptyName ? "" : "memory" }

    func assign(_ experiment: String, for context: ExperimentContext) throws(ExperimentError) -> Variant {
        let asked = ExperimentName(experiment)
        // Canonical equivalence, the mistake.
        let experiment =
            fault == .normalisesNames ? (experiments.first { $0.id.text == experiment }?.id ?? asked) : asked
        let answer: Variant
        do throws(ExperimentError) {
            answer = try hash.assign(experiment.text, for: altered(context, experiment))
        } catch {
            throw altered(error, context.userID)
        }
        guard let definition = experiments.first(where: { $0.id == experiment }) else { return answer }
        let unitID = definition.design.unit == .user ? context.userID : context.sessionID
        let designed = unitID.flatMap { FaultyDefinitions.altered(answer, $0, context, definition, holdout, fault) }
        return designed ?? altered(answer, definition, context)
    }

    func recordExposure(_ exposure: ExposureRecord) async throws(ExperimentError) {
        var checked = exposure
        if fault == .acceptsFarTimes { checked.timestampMicroseconds = 0 }
        if fault == .prefersSessionField, checked.sessionID != nil { checked.attributes = [:] }
        if fault == .acceptsUnknownVariants,
            let known = experiments.first(where: { $0.id == exposure.experiment })
        {
            checked.variantID = known.design.control.variantID
        }
        if fault == .normalisesNames,
            let same = experiments.first(where: { $0.id.text == exposure.experiment.text })
        {
            checked.experiment = same.id
        }
        let valid = checked
        if fault == .dropsTesters, exposure.enrollment == .override { return }
        try await record(exposure.id, .exposures, exposure.userID) { () throws(ExperimentError) in
            if fault == .refusesTesters, valid.enrollment == .override {
                throw .invalid("enrollment", "must be enrolled")
            }
            if fault == .refusesQuotes, valid.variantID.text.contains("'") {
                throw .invalid("variant_id", "must not contain quotes")
            }
            try hash.recordExposure(valid)
        }
    }

    func recordOutcome(_ outcome: OutcomeRecord) async throws(ExperimentError) {
        var checked = outcome
        if fault == .acceptsFarTimes { checked.timestampMicroseconds = 0 }
        if fault == .prefersSessionField, checked.sessionID != nil { checked.attributes = [:] }
        if fault == .acceptsNaN, case .numeric(let amount) = outcome.value, amount.isNaN { checked.value = .numeric(0) }
        let valid = checked
        if drops(valid) { return }
        try await record(outcome.id, .outcomes, outcome.userID) { () throws(ExperimentError) in
            if fault == .refusesRefunds, case .count(let number) = valid.value, number < 0 {
                throw .invalid("value", "must not be negative")
            }
            if fault == .refusesLongNames, valid.metric.text.utf8.count >= 128 {
                throw .invalid("metric", "must be at most 127 bytes")
            }
            try hash.recordOutcome(valid)
        }
    }

    /// Whether a record is acknowledged and thrown away.
    private func drops(_ outcome: OutcomeRecord) -> Bool {
        if fault == .dropsRefunds, case .count(let number) = outcome.value { number < 0 } else { false }
    }

    private func record(
        _ id: RecordID?, _ kind: FaultyLog.Kind, _ userID: UnitID?, _ check: () throws(ExperimentError) -> Void
    ) async throws(ExperimentError) {
        if fault == .storesBeforeChecking { log.add(kind) }
        do throws(ExperimentError) {
            try check()
        } catch {
            if fault == .acceptsUnknown, error.status == 404 { return }
            if fault == .poisonsNeighbours { log.poison() }
            throw altered(error, userID)
        }
        if log.takePoison() { throw .backend(BackendFailure(operation: "record", message: "the batch failed")) }
        if fault == .storesBeforeChecking { return }
        try await log.store(id, kind, userID, fault)
    }

    private func altered(_ context: ExperimentContext, _ experiment: ExperimentName) -> ExperimentContext {
        var context = context
        switch fault {
        case .followsSessions where experiments.first { $0.id == experiment }?.design.unit == .user:
            context.userID = context.sessionID ?? context.userID
        case .foldsUnits: context.userID = context.userID.map { UnitID($0.text.lowercased()) }
        case .trimsUnits:
            context.userID = context.userID.map { id in
                id == " " ? id : UnitID(String(id.text.split(separator: " ").first ?? ""))
            }
        case .normalisesUnits:
            context.userID = context.userID.map { id in
                UnitID(String(id.text.flatMap { $0 == "\u{e9}" ? Array("\u{e9}") : [$0] }))
            }
        case .ignoresSessionAttribute: context.attributes = [:]
        case .enrollsTheNameless:
            context.userID = context.userID ?? "nobody"
            context.sessionID = context.sessionID ?? context.attributes["session_id"].map { UnitID($0) } ?? "nothing"
        case .prefersSessionField where context.sessionID != nil: context.attributes = [:]
        default: break
        }
        return context
    }

    private func altered(_ answer: Variant, _ experiment: Experiment, _ context: ExperimentContext) -> Variant {
        func other(_ index: Int, _ enrollment: Enrollment = .enrolled) -> Variant {
            let variant = experiment.design.variants[index % experiment.design.variants.count]
            return Variant(experiment.id, variant.variantID, isControl: variant.isControl, enrollment)
        }
        let number = calls.add(1, ordering: .relaxed).oldValue
        switch fault {
        case .undeclaredVariant: return Variant(answer.experiment, "surprise", isControl: false, .enrolled)
        case .wrongControl:
            return Variant(answer.experiment, answer.variantID, isControl: !answer.isControl, .enrolled)
        case .changingMind where answer.enrollment == .enrolled: return other(number)
        case .recordsAssignments: log.add(.exposures)
        case .bareHash where answer.enrollment == .enrolled && context.userID != nil:
            let hash = DefaultHash("\(experiment.id):\(context.userID ?? "")")
            let point = Double(hash.fnv1a64 >> 11) * 0x1p-53
            return other(WeightedChoice(experiment.design.variants.map(\.weight)).index(of: point))
        case .evenWeights where answer.enrollment == .enrolled:
            return other(Int(DefaultHash(context.userID?.text ?? "").fmix64 % 3))
        case .assignsZeroWeight where answer.variantID == "one": return other(Bool.random() ? 0 : 1)
        case .enrollsInDrafts where experiment.status == .draft: return other(0)
        case .ignoresWinner where experiment.winner != nil: return other(experiment.design.controlIndex, .notRunning)
        default: break
        }
        return answer
    }

    private func altered(_ error: ExperimentError, _ userID: UnitID?) -> ExperimentError {
        switch (fault, error) {
        case (.unknownIsInvalid, .experimentNotFound): .invalid("experiment", "must exist")
        case (.namesNoField, .invalidContext(let input)): .invalid("record", input.rule)
        case (.repeatsUserID, .invalidContext(let input)): .invalid(input.field, "\(input.rule): \(userID ?? "")")
        case (.badInputIsBackendFailure, .invalidContext(let input)):
            .backend(BackendFailure(operation: "record", message: input.description))
        default: error
        }
    }
}
