import Experimentation

/// The values of an experiment's units in its measures, kept while its units are dealt to variants again and again.
///
/// A unit's value does not depend on its variant: caps are taken over all variants together.
final class ValueCache {
    private var values: [UnitValues.Request: UnitValues] = [:]

    func values(_ request: UnitValues.Request, otherwise compute: () -> UnitValues?) -> UnitValues? {
        if let known = values[request] { return known }
        let computed = compute()
        values[request] = computed
        return computed
    }
}
