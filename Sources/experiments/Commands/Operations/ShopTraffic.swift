import ExperimentDefinitions
import ExperimentStorage
import Experimentation

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Two weeks of a made-up shop: who comes, what they are shown, what they buy.
///
/// The button makes 2 of 100 customers more buy, lazy images save a tenth of the waiting, and the banner does nothing.
/// With that come the nuisances of real data: people who come again, on several devices, who bought before they were
/// asked, whose orders are reported late or sent back, testers, and orders of people who never saw the site.
struct ShopTraffic {
    static let users = 16_000
    private static let day = 86_400_000_000.0
    /// 2026-01-05, a Monday.
    private static let start = 1_767_571_200_000_000.0
    private static let days = 14.0

    /// The traits that stay the same from one visit to the next, and so can be known from before the experiment.
    private struct Customer {
        /// The median of what one order costs.
        let budget: Double
        /// The time that pages take on the customer's line, relative to the median's.
        let line: Double
        /// The rate at which the customer buys, relative to the average.
        let appetite: Double
    }

    private let plugin: any ExperimentPlugin
    private var generator = SeededGenerator(seed: 20_260_106)
    private var events: [ShopEvent] = []

    private init(_ plugin: any ExperimentPlugin) {
        self.plugin = plugin
    }

    /// Everything that happens, in order of arrival; the same at every call.
    static func events(_ plugin: any ExperimentPlugin) throws(ExperimentError) -> [ShopEvent] {
        var traffic = ShopTraffic(plugin)
        for number in 1...users { try traffic.visit(number) }
        for number in 1...40 { traffic.orderByTelephone(number) }
        return traffic.events.sorted { $0.arrival < $1.arrival }
    }

    /// One customer, from the first visit to the last.
    private mutating func visit(_ number: Int) throws(ExperimentError) {
        var context = ExperimentContext(userID: "customer-\(number)")
        context.attributes = [
            "country": ["DE", "FR", "US", "JP"][Int(generator.uniform() * 4)],
            "device": generator.happens(0.6) ? "phone" : "desktop",
        ]
        let customer = Customer(
            budget: generator.logNormal(median: 45, spread: 0.7), line: generator.logNormal(median: 1, spread: 0.25),
            appetite: generator.logNormal(median: 0.6, spread: 1))
        var time = Self.start + generator.uniform() * Self.days * Self.day
        // Regulars bought before they were ever exposed: that is no effect, but it explains some of their spending.
        if generator.happens(0.4 * customer.appetite) {
            for _ in 0..<Int(1 + generator.uniform() * 3 * customer.appetite) {
                order(context, at: time - generator.uniform() * 20 * Self.day, budget: customer.budget)
            }
        }
        let visits = 1 + Int(generator.exponential(mean: 0.9))
        for visit in 1...visits where time < Self.start + Self.days * Self.day {
            context.sessionID = "session-\(number)-\(visit)"
            try browse(context, number: number, at: time, customer)
            time += generator.exponential(mean: 2 * Self.day)
        }
    }

    /// One visit: pages, exposures, perhaps an order.
    private mutating func browse(
        _ context: ExperimentContext, number: Int, at time: Double, _ customer: Customer
    ) throws(ExperimentError) {
        let button = try show(ShopDefinitions.button, to: context, number: number, at: time)
        if generator.happens(0.6) {
            _ = try show(ShopDefinitions.banner, to: context, number: number, at: time + 2e6)
        }
        let images = try show(ShopDefinitions.images, to: context, number: 0, at: time)
        for page in 1...(1 + Int(generator.uniform() * 3)) {
            let median = (images.variantID == "lazy" ? 380 : 420) * customer.line
            let latency = generator.logNormal(median: median, spread: 0.25)
            measure("latency_ms", .numeric(latency.rounded()), context, at: time + Double(page) * 20e6)
        }
        let probability = button.variantID == "treatment" ? 0.085 : 0.07
        if generator.happens(probability * customer.appetite) {
            order(context, at: time + generator.exponential(mean: 600e6), budget: customer.budget)
        }
    }

    /// Asks for the variant and shows it; a few see another one on a borrowed device, and a few testers choose theirs.
    private mutating func show(
        _ experiment: String, to context: ExperimentContext, number: Int, at time: Double
    ) throws(ExperimentError) -> Variant {
        var variant = try plugin.assign(experiment, for: context)
        if number > 0, number % 1_000 == 7 {
            variant = Variant(
                experiment: experiment, variantID: variant.variantID.text, isControl: variant.isControl,
                enrollment: .override)
        } else if number > 0, number % 160 == 11, generator.happens(0.5) {
            variant = try plugin.assign(experiment, for: ExperimentContext(userID: "borrowed-\(number)"))
        }
        let exposure = ExposureRecord(of: variant, to: context, at: Date(microsecondsSince1970: Int64(time)))
        events.append(ShopEvent(record: .exposure(exposure), arrival: Int64(time)))
        return variant
    }

    /// A purchase with its amount and its items; one in thirty is heard of days later, one in fifty comes back.
    private mutating func order(_ context: ExperimentContext, at time: Double, budget: Double) {
        let delay = generator.happens(1 / 30) ? generator.uniform() * 3 * Self.day : 1e6
        let amount = (generator.logNormal(median: budget, spread: 0.3) * 100).rounded() / 100
        measure("purchase", .bool(true), context, at: time, delay: delay)
        measure("revenue", .numeric(amount), context, at: time, delay: delay)
        measure("items", .count(1 + Int64(generator.exponential(mean: 1.2))), context, at: time, delay: delay)
        if generator.happens(0.02) {
            measure("revenue", .numeric(-amount), context, at: time + 4 * Self.day)
        }
    }

    /// An order of somebody who never saw the site.
    private mutating func orderByTelephone(_ number: Int) {
        let context = ExperimentContext(userID: "telephone-\(number)")
        order(context, at: Self.start + generator.uniform() * Self.days * Self.day, budget: 80)
    }

    /// An outcome that belongs to no experiment in particular, as most do.
    private mutating func measure(
        _ metric: MetricName, _ value: OutcomeValue, _ context: ExperimentContext, at time: Double, delay: Double = 1e6
    ) {
        let outcome = OutcomeRecord(
            experiment: nil, metric: metric, value: value, userID: context.userID,
            timestampMicroseconds: Int64(time), sessionID: context.sessionID)
        events.append(ShopEvent(record: .outcome(outcome), arrival: Int64(time + delay)))
    }
}

/// The definitions of what the made-up shop tests.
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
                try MetricDefinition(
                    name: "revenue", kind: .numeric, windowMicroseconds: week, cap: 500,
                    measurementUnit: MeasurementUnit("EUR")),
                try MetricDefinition(name: "items", kind: .count),
                try MetricDefinition(
                    name: "latency_ms", kind: .numeric, aggregation: .mean, direction: .decrease,
                    measurementUnit: MeasurementUnit("ms")),
            ])
    }
}

/// Something that happened in the shop, in the order in which its server heard of it.
struct ShopEvent {
    enum Record {
        case exposure(ExposureRecord)
        case outcome(OutcomeRecord)
    }

    let record: Record
    /// Time at which the server heard of the event, in µs since 1970 UTC; later than it happened for a delayed one.
    let arrival: Int64

    /// Tells the plugin.
    func record(with plugin: any ExperimentPlugin) async throws(ExperimentError) {
        switch record {
        case .exposure(let exposure): try await plugin.recordExposure(exposure)
        case .outcome(let outcome): try await plugin.recordOutcome(outcome)
        }
    }
}
