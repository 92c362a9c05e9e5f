import Experimentation
import Testing

@Suite("Errors")
struct ExperimentErrorTests {
    @Test("each case is one HTTP status")
    func statuses() {
        #expect(ExperimentError.experimentNotFound("e").status == 404)
        #expect(ExperimentError.invalidContext(InvalidInput(field: "f", rule: "r")).status == 400)
        #expect(ExperimentError.backend(BackendFailure(operation: "o", message: "m")).status == 500)
    }

    @Test("a message is a sentence that names the field and the rule, or the operation and what happened")
    func messages() {
        #expect("\(ExperimentError.invalid("user_id", "must not be empty"))" == "user_id must not be empty")
        let failure = BackendFailure(operation: "record", code: 13, message: "the disk is full", isTransient: true)
        #expect("\(ExperimentError.backend(failure))" == "record: the disk is full (13)")
        #expect("\(BackendFailure(operation: "open", message: "no such file"))" == "open: no such file")
        #expect("\(ExperimentError.experimentNotFound("secret"))" == "no experiment has that id")
    }
}
