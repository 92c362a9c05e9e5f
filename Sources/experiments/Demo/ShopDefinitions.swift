import ExperimentDefinitions
import ExperimentStorage
import Experimentation

/// What the made-up shop tests.
enum ShopDefinitions {
    static let button = "checkout_button_color"
    static let banner = "free_shipping_banner"
    static let images = "lazy_image_loading"

    static func all() throws(ExperimentError) -> Definitions {
        let experiments = [
            try Experiment(
                id: button,
                variants: [
                    VariantDefinition("control", weight: 50, isControl: true),
                    VariantDefinition("treatment", weight: 50),
                ],
                goals: ["purchase", "revenue"], guardrails: [try Guardrail(metric: "latency_ms", margin: 0.02)]),
            try Experiment(
                id: banner,
                variants: [
                    VariantDefinition("none", weight: 34, isControl: true), VariantDefinition("top", weight: 33),
                    VariantDefinition("cart", weight: 33),
                ], goals: ["revenue"], plan: ExperimentPlan(units: 60_000, minimumLift: 0.05)),
            try Experiment(
                id: images, unit: .session,
                variants: [
                    VariantDefinition("eager", weight: 50, isControl: true), VariantDefinition("lazy", weight: 50),
                ], goals: ["latency_ms"]),
        ]
        let week: Int64 = 7 * 86_400_000_000
        return Definitions(
            experiments: experiments.map { Definitions.DefinedExperiment($0, status: .running) },
            metrics: [
                try MetricDefinition(name: "purchase", kind: .bool, windowMicroseconds: week),
                try MetricDefinition(name: "revenue", kind: .numeric, windowMicroseconds: week, cap: 500),
                try MetricDefinition(name: "items", kind: .count),
                try MetricDefinition(name: "latency_ms", kind: .numeric, aggregation: .mean, direction: .decrease),
            ])
    }
}
