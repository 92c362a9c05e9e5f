import ExperimentDefinitions
import ExperimentReporting
import ExperimentStorage
import Experimentation

/// The effect of a change of a definition, as people read it.
enum ChangeText {
    /// A line for each change, and below a holdout's one for each running experiment that is not under it.
    static func lines(_ changes: [DefinitionChange], _ definitions: Definitions) -> [String] {
        let statuses = Dictionary(
            definitions.experiments.map { ($0.experiment.id, $0.status ?? .running) }
        ) { _, last in last }
        return changes.flatMap { [line($0, statuses)] + $0.keptHoldouts.map(keptHoldout) }
    }

    private static func line(_ change: DefinitionChange, _ statuses: [ExperimentName: ExperimentStatus]) -> String {
        ["\(subject(change)): \(effect(change, statuses))", movement(change)].compactMap(\.self)
            .joined(separator: "; ")
    }

    private static func keptHoldout(_ kept: KeptHoldout) -> String {
        "  experiment \(kept.experiment) is not under it: \(consequence(of: kept))"
    }

    /// The consequence for an experiment that its phase keeps a holdout, and what to do about it.
    static func consequence(of kept: KeptHoldout) -> String {
        let own = kept.holdout.map { "\($0.name), \(NumberText.exactPercent($0.share))" } ?? "none"
        return "its phase keeps the holdout it began with (\(own)); "
            + "a new phase takes this one over: experiments new-phase \(ShellWord.quoted(kept.experiment.text))"
    }

    /// Every reason why a change is refused, and whom it would move; empty when it is not.
    static func refusals(_ change: DefinitionChange) -> [String] {
        guard !change.refusals.isEmpty else { return [] }
        return change.refusals.map { "\($0)" } + (movement(change).map { ["  " + $0] } ?? [])
    }

    private static func subject(_ change: DefinitionChange) -> String {
        switch change.subject {
        case .metric(let name, let kind): "metric \(name) (\(kind.rawValue))"
        case .holdout(let name): "holdout \(name)"
        case .timezone(let name): "timezone \(name)"
        case .experiment(let id): "experiment \(id)"
        }
    }

    private static func effect(_ change: DefinitionChange, _ statuses: [ExperimentName: ExperimentStatus]) -> String {
        if !change.refusals.isEmpty {
            return change.changes.isEmpty ? "refused" : "refused: " + text(change.changes)
        }
        guard change.isNew else {
            return change.isUnchanged ? "unchanged" : "changed: " + text(change.changes)
        }
        guard case .experiment(let id) = change.subject else { return "new" }
        return "new, \((statuses[id] ?? .running).rawValue)"
    }

    private static func text(_ changes: [DefinitionChange.Item]) -> String {
        changes.map(text).joined(separator: ", ")
    }

    /// The end of a sentence.
    static func text(_ change: DefinitionChange.Item) -> String {
        switch change {
        case .design(let field): field.rawValue
        case .coverageRaised(let before, let after): "coverage \(before) to \(after)"
        case .newPhase(let number): "new phase \(number)"
        case .rerandomized: "re-randomised"
        case .schedule: "schedule"
        case .overrides: "overrides"
        case .started: "started"
        case .stopped: "stopped"
        case .withdrawn: "back to draft"
        case .winner: "winner"
        case .goals: "goals"
        case .guardrails: "guardrails"
        case .plan: "plan"
        case .segments: "segments"
        case .covariate: "covariate"
        case .identity: "identity"
        case .strictness: "strict_plan"
        case .hypothesis: "hypothesis"
        case .owner: "owner"
        case .metric(let key): key
        case .holdoutName: "name"
        case .timezone(let before): "\(before) before; nights that are stored keep the days they were stored by"
        case .holdoutShare(let before, let after): "share \(before) to \(after)"
        }
    }

    /// The units seen in the phase that the change moves, in words; nil without any.
    private static func movement(_ change: DefinitionChange) -> String? {
        guard let movement = change.movement, movement.seen > 0 else { return nil }
        func share(_ count: Int) -> String {
            "\(NumberText.count(count)) (\(NumberText.exactPercent(Double(count) / Double(movement.seen), decimals: 1)))"
        }
        return "of \(NumberText.count(movement.seen)) units seen \(share(movement.moved)) get another variant, "
            + "\(share(movement.left)) drop out, \(share(movement.joined)) come in"
    }
}
