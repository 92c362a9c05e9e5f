import ExperimentAnalysis
import ExperimentJSON
import ExperimentStatistics
import Experimentation

/// The attributes that a definition declares, as JSON: the units of each value, and whether the effect differs.
enum SegmentJSON {
    static func declared(_ segment: DeclaredSegment) -> JSONValue {
        .object([
            ("attribute", .name(segment.attribute)),
            (
                "values",
                .array(
                    segment.values.map {
                        .object(members($0.value) + [("units", .array($0.units.map { .integer($0) }))])
                    })
            ),
            ("effects", .array(segment.effects.map(effects))),
        ])
    }

    /// Members that say what the segment's units share: `segment` is value, missing or others.
    static func members(_ value: SegmentResult.Value) -> [(key: String, value: JSONValue)] {
        switch value {
        case .value(let text): [("segment", .string("value")), ("value", .name(text))]
        case .missing: [("segment", .string("missing")), ("value", .null)]
        case .others: [("segment", .string("others")), ("value", .null)]
        }
    }

    /// Test of whether the effect on the units of the first days differs from that on those since.
    static func entry(_ effect: EntryEffect) -> JSONValue {
        let clearest = effect.test.clearest
        return .object([
            ("metric", .name(effect.metric)), ("kind", .string(effect.kind.rawValue)),
            ("variant_id", .name(effect.variantID)),
            ("differs", .bool(effect.isFound)), ("log_e_value", .number(effect.test.logEValue)),
            ("first_days", clearest.map { .integer($0.days) } ?? .null),
            ("first_lift", .number(clearest?.early.lift)), ("later_lift", .number(clearest?.late.lift)),
        ])
    }

    private static func effects(_ effects: SegmentEffects) -> JSONValue {
        let estimates = effects.estimates
        return .object([
            ("metric", .name(effects.metric)), ("kind", .string(effects.kind.rawValue)),
            ("variant_id", .name(effects.variantID)), ("differs", .bool(effects.isFound)),
            ("log_e_value", .number(effects.test.logEValue)), ("cochran_q", .number(effects.test.cochranQ)),
            ("degrees_of_freedom", estimates.map { .integer($0.degreesOfFreedom) } ?? .null),
            ("p_value", .number(estimates?.pValue)), ("log_p_value", .number(estimates?.logPValue)),
            ("between_variance", .number(estimates?.betweenVariance)),
            ("mean_difference", .number(estimates?.mean)), ("values", .array(effects.values.map(value))),
        ])
    }

    private static func value(_ value: SegmentEffects.Value) -> JSONValue {
        .object(
            members(value.value) + [
                ("tested", .bool(value.isTested)), ("difference", .number(value.difference)),
                ("standard_error", .number(value.standardError)), ("lift", .number(value.lift)),
                ("shrunk_difference", .number(value.shrunkDifference)), ("shrunk_lift", .number(value.shrunkLift)),
                ("statistic", .number(value.statistic)),
            ])
    }
}
