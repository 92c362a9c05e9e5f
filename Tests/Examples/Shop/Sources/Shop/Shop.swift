import Configuration
import ExperimentDefinitionsFile
import ExperimentLifecycle
import ExperimentStorage
import Experimentation
import Foundation
import Hummingbird
import Logging
import ServiceLifecycle

/// A shop of two pages: what a server does with experiments, from its start to its last request.
///
/// It is configured by the environment: `DATABASE`, `PORT`, `DEFINITIONS`, and `EXPERIMENTS_STORE_…` for the store.
@main
struct Shop {
    static func main() async throws {
        let logger = Logger(label: "shop")
        let config = ConfigReader(provider: EnvironmentVariablesProvider())
        var settings = try StoreConfiguration(reading: config.scoped(to: "experiments.store"))
        // A deploy without a gap: records beside the old process until that has left.
        settings.whenOwned = .join
        let store: ExperimentStore
        do {
            store = try await ExperimentStore.open(
                at: config.string(forKey: "database", default: "experiments.db"), configuration: settings)
        } catch {
            logger.critical("the experiments cannot be opened", metadata: ["reason": "\(error)"])
            exit(1)
        }
        try await store.define(
            Experiment(
                id: "checkout_button_color", unit: .session,
                variants: [VariantDefinition("control", isControl: true), VariantDefinition("treatment")],
                goals: ["purchase"]))

        let application = Application(
            router: router(store),
            configuration: .init(address: .hostname("127.0.0.1", port: config.int(forKey: "port", default: 8080))),
            logger: logger)
        // The store before the application: services stop in reverse order.
        var services: [any Service] = [store, application]
        if let path = config.string(forKey: "definitions") {
            services.append(DefinitionsFollower(path: path, store: store, logger: logger))
        }
        let group = ServiceGroup(
            configuration: .init(services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        try await group.run()
    }

    /// The request's visitor: a session of a cookie, made where there is none.
    struct ShopContext: RequestContext {
        var coreContext: CoreRequestContextStorage
        var session = UUID().uuidString

        init(source: ApplicationRequestContextSource) { coreContext = .init(source: source) }
    }

    struct SessionMiddleware: RouterMiddleware {
        func handle(
            _ request: Request, context: ShopContext, next: (Request, ShopContext) async throws -> Response
        ) async throws -> Response {
            var context = context
            let known = request.cookies["session"]?.value
            if let known { context.session = known }
            var response = try await next(request, context)
            if known == nil { response.setCookie(.init(name: "session", value: context.session, path: "/")) }
            return response
        }
    }

    static func router(_ store: ExperimentStore) -> Router<ShopContext> {
        let router = Router(context: ShopContext.self)
        router.get("health") { _, _ in
            let health = store.health
            return Response(
                status: health.isWriting ? .ok : .serviceUnavailable,
                body: .init(byteBuffer: .init(string: "experiments: \(health.name)\n")))
        }
        router.add(middleware: SessionMiddleware())
        router.get("/") { _, context in
            let visitor = VisitorExperiments(ExperimentContext(sessionID: context.session), in: store)
            let variant = visitor.variant(of: "checkout_button_color", default: "control")
            // Never throws: the page is shown though the log is full.
            visitor.expose("checkout_button_color")
            let color = variant.variantID == "treatment" ? "green" : "blue"
            return "<form method=post action=/buy/1><button style=\"background:\(color)\">Buy</button></form>\n"
        }
        router.get("experiments.json") { _, context in
            VisitorExperiments(ExperimentContext(sessionID: context.session), in: store).json()
        }
        router.post("buy/:order") { _, context in
            let order = try context.parameters.require("order", as: Int.self)
            // … here the shop writes the order into its own database …
            // The id comes from the order, so a retry, or tonight's import of the day's orders, stores nothing twice.
            try await store.recordOutcome(
                OutcomeRecord(
                    experiment: nil, metric: "purchase", value: .bool(true), userID: nil, timestamp: .now,
                    sessionID: context.session, id: "order-\(order)-purchase"))
            return "Thank you.\n"
        }
        return router
    }
}

/// Applies the definitions file whenever somebody has edited it.
struct DefinitionsFollower: Service {
    let path: String
    let store: ExperimentStore
    let logger: Logger

    func run() async throws {
        for await event in DefinitionsWatcher(path).events.cancelOnGracefulShutdown() {
            switch event {
            case .changed(let definitions):
                do {
                    try await store.apply(definitions)
                } catch {
                    logger.error("the definitions were refused", metadata: ["reason": "\(error)"])
                }
            case .broken(let error): logger.error("\(error)")
            }
        }
    }
}
