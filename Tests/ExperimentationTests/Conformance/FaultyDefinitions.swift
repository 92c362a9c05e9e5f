import Experimentation

/// The definitions as a correct plugin takes them, or as one that gets something of designs wrong.
struct FaultyDefinitions {
    /// The experiments as they were given.
    let experiments: [Experiment]
    let hash: HashExperimentPlugin

    init(_ experiments: [Experiment], _ holdout: Holdout?, _ fault: Fault?) throws {
        self.experiments = experiments
        let isHoldingOut = fault != .ignoresHoldout && fault != .holdsOutByExperiment
        hash = try HashExperimentPlugin(
            experiments.map { try Self.altered($0, fault) }, holdout: isHoldingOut ? holdout : nil)
    }

    private static func altered(_ experiment: Experiment, _ fault: Fault?) throws -> Experiment {
        let isCovering = ![.ignoresCoverage, .coversByVariant, .coversByOtherWords].contains(fault)
        let claim = try experiment.design.namespace.flatMap { claim -> NamespaceClaim? in
            let name = fault == .spreadsByExperiment ? experiment.id.text : claim.namespace.text
            return fault == .ignoresNamespaces ? nil : try NamespaceClaim(name, from: claim.start, to: claim.end)
        }
        return try Experiment(
            id: experiment.id.text, status: experiment.status, unit: experiment.design.unit,
            variants: experiment.design.variants,
            winner: experiment.winner?.text, coverage: isCovering ? experiment.design.coverage : 1, namespace: claim,
            overrides: fault == .ignoresTesters ? [] : experiment.design.overrides,
            startsAt: fault == .ignoresStart ? nil : experiment.schedule.startsAt,
            endsAt: fault == .ignoresEnd ? nil : experiment.schedule.endsAt,
            seed: fault == .reshufflesByCoverage ? "\(experiment.id) \(experiment.design.coverage)" : nil)
    }

    /// The answer that a plugin with a mistake makes of a right one; nil where it makes no mistake.
    static func altered(
        _ answer: Variant, _ unitID: UnitID, _ context: ExperimentContext, _ experiment: Experiment,
        _ holdout: Holdout?, _ fault: Fault?
    ) -> Variant? {
        func other(_ variant: VariantDefinition, _ enrollment: Enrollment) -> Variant {
            Variant(experiment.id, variant.variantID, isControl: variant.isControl, enrollment)
        }
        func outsider(unless isIn: Bool) -> Variant? { isIn ? nil : other(experiment.design.control, .notEnrolled) }
        func tester(_ id: UnitID?) -> Variant? {
            // Canonical equivalence, the mistake of whoever forgets what `==` means.
            let override = experiment.design.overrides.first { $0.unitID.text == id?.text }
            let variant = experiment.design.variants.first { $0.variantID == override?.variantID }
            return variant.map { other($0, .override) }
        }
        let word = "\(experiment.id):\(unitID):coverage"
        switch fault {
        case .coversByVariant:
            return outsider(
                unless: DefaultHash.point(experiment: experiment.id.text, unitID: unitID.text)
                    < experiment.design.coverage)
        case .coversByOtherWords:
            return outsider(unless: DefaultHash("coverage:\(unitID)").point < experiment.design.coverage)
        case .outsidersGetTreatment where answer.enrollment == .notEnrolled:
            return other(experiment.design.variants[0], .notEnrolled)
        case .holdsOutByExperiment:
            let point = DefaultHash("\(experiment.id):\(unitID):holdout").point
            return outsider(unless: point >= holdout?.share ?? 0)
        case .enrollsTesters where answer.enrollment == .override:
            return Variant(experiment.id, answer.variantID, isControl: answer.isControl, .enrolled)
        case .normalisesTesters: return tester(unitID)
        case .takesUsersForSessions where experiment.design.unit == .session: return tester(context.userID)
        case .answersTestersInsideOnly where answer.enrollment == .override:
            return outsider(unless: DefaultHash(word).point < experiment.design.coverage)
        case .keepsTesters: return tester(unitID)
        case .keepsOutsiders where answer.enrollment == .notRunning:
            return outsider(unless: DefaultHash(word).point < experiment.design.coverage)
        default: return nil
        }
    }
}
