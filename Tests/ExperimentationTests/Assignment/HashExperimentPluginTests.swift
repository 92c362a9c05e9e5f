import Experimentation
import TestSupport
import Testing

@Suite("The plugin without storage")
struct HashExperimentPluginTests {
    @Test("a text that can be no experiment's id is bad input; a legal one is not found")
    func unknown() throws {
        let plugin = try HashExperimentPlugin([Shop.button()])
        #expect(throws: ExperimentError.experimentNotFound("Button")) { try plugin.assign("Button", for: .init()) }
        for name in ["", "a\nb", String(repeating: "n", count: 129)] {
            let error = #expect(throws: ExperimentError.self) { try plugin.assign(name, for: .init()) }
            #expect(error?.status == 400)
        }
    }

    @Test("a session's experiment hashes the session, from the field or the attribute")
    func session() throws {
        let variants = [VariantDefinition("a", isControl: true), VariantDefinition("b")]
        let plugin = try HashExperimentPlugin([Experiment(id: "e", unit: .session, variants: variants)])
        for number in 0..<100 {
            let session = "s\(number)"
            let expected: VariantName = DefaultHash.point(experiment: "e", unitID: session) < 0.5 ? "a" : "b"
            let field = ExperimentContext(userID: "ada", sessionID: session)
            #expect(try plugin.assign("e", for: field).variantID == expected)
            let attribute = ExperimentContext(attributes: ["session_id": session])
            #expect(try plugin.assign("e", for: attribute).variantID == expected)
        }
        #expect(try plugin.assign("e", for: ExperimentContext(userID: "ada")).enrollment == .notEnrolled)
    }

    @Test("the seed of a phase replaces the experiment's id in what is hashed")
    func seed() throws {
        let assigner = try Assigner(Shop.button(), seed: "button#2", at: 0)
        for number in 0..<100 {
            let point = DefaultHash("button#2:u\(number)").point
            let variant = try assigner.assign(ExperimentContext(userID: "u\(number)"))
            #expect(variant.variantID == (point < 0.5 ? "control" : "treatment"))
            #expect(variant.experiment == "button")
        }
    }

    @Test("the blocking forms need no await")
    func synchronous() throws {
        let plugin = try HashExperimentPlugin([Shop.button()])
        let context = ExperimentContext(userID: "ada", attributes: ["country": "nl"])
        let record = ExposureRecord(of: try plugin.assign("button", for: context), to: context)
        #expect(record.attributes == ["country": "nl"] && record.userID == "ada")
        try plugin.recordExposure(record)
        try plugin.recordOutcome(Shop.outcome("ada"))
    }

    @Test("no other algorithm takes the default one's name")
    func defaultName() throws {
        struct Last: UnitAssigning {
            func index(of unitID: String) -> Int? { 1 }
        }
        let algorithms = AssignmentAlgorithms([
            .fnv1a64Fmix64: { (_, _) throws(ExperimentError) in Last() }
        ])
        #expect(algorithms.names == [.fnv1a64Fmix64])
        let plugins = [
            try HashExperimentPlugin([Shop.button()]),
            try HashExperimentPlugin([Shop.button()], algorithms: algorithms),
        ]
        for number in 0..<100 {
            let context = ExperimentContext(userID: "user\(number)")
            #expect(try plugins[0].assign("button", for: context) == plugins[1].assign("button", for: context))
        }
    }
}
