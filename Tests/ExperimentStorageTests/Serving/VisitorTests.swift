import ExperimentStorage
import Experimentation
import StoreTestSupport
import TestSupport
import Testing

@Suite("The experiments of one request")
struct VisitorTests {
    private let context = ExperimentContext(userID: "ada")

    @Test("an experiment is assigned once and exposed once a request, however often the page asks")
    func once() async throws {
        let test = try await TestStore()
        let visitor = VisitorExperiments(context, in: test.store)
        let first = visitor.variant(of: "button")
        try await test.store.stop("button", winner: "treatment")
        for _ in 0..<3 {
            #expect(visitor.variant(of: "button") == first)
            visitor.expose("button")
        }
        try await test.store.flush()
        #expect(try test.exposures() == 1)
    }

    @Test("an unknown experiment is its default, counts nowhere, and is no error")
    func unknown() async throws {
        let test = try await TestStore()
        let visitor = VisitorExperiments(context, in: test.store)
        #expect(visitor.variant(of: "nothing", default: "plain").variantID == "plain")
        visitor.expose("nothing")
        visitor.expose("never asked for")
        try await test.store.flush()
        #expect(try test.exposures() == 0)
        #expect(test.store.droppedRecords == 0)
    }

    @Test("all experiments that run are one JSON object, and what is in it can be exposed")
    func json() async throws {
        let test = try await TestStore()
        try await test.store.define(Shop.button("another"))
        try await test.store.define(Shop.button("draft", status: .draft))
        let visitor = VisitorExperiments(context, in: test.store)
        let variants = ["another", "button"].map { visitor.variant(of: $0).variantID }
        #expect(visitor.json() == "{\"another\":\"\(variants[0])\",\"button\":\"\(variants[1])\"}")
        #expect(test.store.assignAll(for: context).map(\.experiment) == ["button", "another"])
        visitor.expose("another")
        try await test.store.flush()
        #expect(try test.exposures() == 1)
    }
}
