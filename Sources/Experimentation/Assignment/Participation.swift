/// The test of whether a unit takes part in a phase: inside its coverage and namespace range, outside the holdout.
///
/// Each is a hash of its own of the unit's id, with the words of its purpose around it, so that none tells anything
/// about another or about the variant: `experiment:unit:coverage`, `namespace:unit:namespace`, `holdout:unit:holdout`.
struct Participation: Sendable {
    private let coverage: Double
    /// The range of the namespace; nil for all of it, whose hash then is not asked for, where nothing is claimed.
    private let range: (start: Double, end: Double)?
    private let share: Double
    /// The states after the first name and its colon, so that only the unit's id and the last word are left to hash.
    private let prefixes: (coverage: DefaultHash, namespace: DefaultHash, holdout: DefaultHash)

    /// Nil where everybody takes part.
    init?(_ id: ExperimentName, _ design: Experiment.Design, _ holdout: Holdout?) {
        let share = holdout?.share ?? 0
        guard design.coverage < 1 || design.namespace != nil || share > 0 else { return nil }
        coverage = design.coverage
        range = design.namespace.map { ($0.start, $0.end) }
        self.share = share
        prefixes = (
            DefaultHash(name: id.text), DefaultHash(name: design.namespace?.namespace.text ?? ""),
            DefaultHash(name: holdout?.name.text ?? "")
        )
    }

    /// Whether a unit takes part; no allocation.
    func admits(_ unitID: UnitID) -> Bool {
        var (forCoverage, forNamespace, forHoldout) = prefixes
        DefaultHash.combine(unitID.text, into: &forCoverage, &forNamespace, &forHoldout)
        return (coverage >= 1 || forCoverage.point(before: ":coverage") < coverage)
            && (range.map { isIn($0, forNamespace.point(before: ":namespace")) } ?? true)
            && (share <= 0 || forHoldout.point(before: ":holdout") >= share)
    }

    /// The same, one question at a time.
    func steps(of unitID: UnitID, in design: Experiment.Design, _ holdout: Holdout?) -> [AssignmentExplanation.Step] {
        var (forCoverage, forNamespace, forHoldout) = prefixes
        DefaultHash.combine(unitID.text, into: &forCoverage, &forNamespace, &forHoldout)
        var steps: [AssignmentExplanation.Step] = []
        if coverage < 1 { steps.append(.coverage(coverage, point: forCoverage.point(before: ":coverage"))) }
        if let claim = design.namespace {
            steps.append(.namespace(claim, point: forNamespace.point(before: ":namespace")))
        }
        if let holdout, share > 0 {
            steps.append(.holdout(holdout, point: forHoldout.point(before: ":holdout")))
        }
        return steps
    }

    private func isIn(_ range: (start: Double, end: Double), _ point: Double) -> Bool {
        range.start <= point && point < range.end
    }
}

extension DefaultHash {
    /// The point of what was hashed so far with one more word behind it.
    fileprivate func point(before word: String) -> Double {
        var hash = self
        hash.combine(word)
        return hash.point
    }
}
