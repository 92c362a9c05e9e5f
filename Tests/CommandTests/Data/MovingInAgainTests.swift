import ExperimentVendors
import Experimentation
import Foundation
import TestSupport
import Testing

@Suite("Moving in, and again after the vendor's file has changed")
struct MovingInAgainTests {
    private let tool = Tool()

    private func flags(rollout: Int) -> String {
        """
        {"flags": [{"key": "button", "active": true, "filters": {"groups": [{"rollout_percentage": \(rollout)}],
        "multivariate": {"variants": [{"key": "control", "rollout_percentage": 50},
        {"key": "test", "rollout_percentage": 50}]}}}]}
        """
    }

    /// The log that PostHog writes with a rollout.
    private func log(rollout: Int) throws -> String {
        let plugin = try Vendor.postHog.carryOver(json: Data(flags(rollout: rollout).utf8)).plugin()
        let rows = try (0..<300).map { number in
            let variant = try plugin.assign("button", for: ExperimentContext(userID: "u\(number)"))
            return "u\(number),\(variant.enrollment == .enrolled ? variant.variantID : "")"
        }
        return (["unit_id,variant_id"] + rows).joined(separator: "\n")
    }

    @Test("a changed file is refused, or with --new-phase opens a phase that assigns as the vendor does now")
    func newPhase() throws {
        let (old, new) = (flags(rollout: 25), flags(rollout: 60))
        #expect(try tool.run("import", "posthog", "-", input: old).code == 0)
        let refused = try tool.run("import", "posthog", "-", input: new)
        #expect(refused.code == 2 && refused.output == "" && refused.errors.contains("open a new phase (--new-phase)"))
        #expect(try tool.run("parity", "button", "-", input: log(rollout: 25)).code == 0)
        let dry = try tool.run("import", "posthog", "-", "--new-phase", "--dry-run", input: new)
        #expect(dry.code == 0 && dry.output == "experiment button: changed: settings, new phase 2\n", "\(dry.output)")
        #expect(try tool.sqlite("SELECT count(*) FROM phases") == "1")
        #expect(try tool.run("import", "posthog", "-", "--new-phase", input: new).code == 0)
        #expect(try tool.sqlite("SELECT count(*) FROM phases") == "2")
        #expect(try tool.run("parity", "button", "-", input: log(rollout: 60)).code == 0)
        #expect(try tool.run("parity", "button", "-", input: log(rollout: 25)).code == 4)
        let again = try tool.run("import", "posthog", "-", "--new-phase", input: new)
        #expect(again.output == "experiment button: unchanged\n")
        #expect(try tool.run("import", "exposures", "-", "--new-phase").code == 1)
    }

    @Test("a refused change says whom of the units seen it would move")
    func movement() throws {
        #expect(try tool.run("import", "posthog", "-", input: flags(rollout: 100)).code == 0)
        let exposures = (0..<40).map { "button,control,u\($0),2026-01-01T00:00:00Z" }
        let header = "experiment,variant_id,user_id,timestamp"
        let rows = ([header] + exposures).joined(separator: "\n")
        #expect(try tool.run("import", "exposures", "-", "--format", "csv", input: rows).code == 0)
        let refused = try tool.run("import", "posthog", "-", "--dry-run", input: flags(rollout: 0))
        #expect(refused.code == 2 && refused.errors.contains("of 40 units seen"), "\(refused.errors)")
        #expect(refused.errors.contains("40 (100 %) drop out"), "\(refused.errors)")
    }

    private func datafile(_ status: String) -> String {
        """
        {"version": "4", "experiments": [{"id": "1", "key": "button", "status": "\(status)", "variations": [
        {"id": "2", "key": "control"}, {"id": "3", "key": "test"}], "trafficAllocation": [
        {"entityId": "2", "endOfRange": 5000}, {"entityId": "3", "endOfRange": 10000}]},
        {"id": "4", "key": "banner", "status": "\(status == "Draft" ? "Paused" : "Running")", "variations": [
        {"id": "5", "key": "control"}], "trafficAllocation": [{"entityId": "5", "endOfRange": 10000}]}]}
        """
    }

    @Test("one that ended at the vendor without having run here stays a draft, and does not hold up the others")
    func endedUnseen() throws {
        #expect(try tool.run("import", "optimizely", "-", input: datafile("Draft")).code == 0)
        for _ in 0..<2 {
            let ending = try tool.run("import", "optimizely", "-", input: datafile("Concluded"))
            #expect(ending.code == 0, "\(ending.errors)")
            #expect(ending.output.contains("experiment button: unchanged"))
            #expect(ending.output.contains("approximated experiment button: over at the vendor, and has never run"))
        }
        #expect(try tool.sqlite("SELECT group_concat(status) FROM experiment_definition") == "draft,running")
        #expect(try tool.run("import", "optimizely", "-", input: datafile("Running")).code == 0)
        #expect(try tool.sqlite("SELECT group_concat(status) FROM experiment_definition") == "running,running")
    }

    @Test("one that is a draft again at the vendor after it has run here is stopped, and does not hold up the others")
    func draftAgain() throws {
        #expect(try tool.run("import", "optimizely", "-", input: datafile("Running")).code == 0)
        for expected in ["changed: stopped", "unchanged"] {
            let ending = try tool.run("import", "optimizely", "-", input: datafile("Draft"))
            #expect(ending.code == 0, "\(ending.errors)")
            #expect(ending.output.contains("experiment button: \(expected)"))
            #expect(ending.output.contains("approximated experiment button: a draft at the vendor, and has run here"))
        }
        #expect(try tool.sqlite("SELECT group_concat(status) FROM experiment_definition") == "stopped,stopped")
    }

    @Test("the database's own holdout, coverage and dates, which the vendor knows nothing of, are named")
    func ownDesign() throws {
        let definitions = """
            [holdout]
            share = 0.05
            [[experiments]]
            id = "button"
            status = "draft"
            variants = [{ id = "control", is_control = true }, { id = "test" }]
            coverage = 0.5
            starts_at = 2026-03-01T08:00:00Z
            """
        #expect(try tool.run("apply", try tool.file("own.toml", definitions)).code == 0)
        let first = try tool.run("import", "posthog", "-", input: flags(rollout: 100))
        #expect(first.output.contains("approximated experiment button: defined here and kept: coverage, starts_at"))
        #expect(first.output.contains("approximated holdout holdout: 5 % of the units get the control"))
        let second = try tool.run("import", "posthog", "-", input: flags(rollout: 100))
        #expect(second.output.contains("unchanged") && !second.output.contains("5 %"))
    }

    @Test("a log without units is no proof, and a variant that the experiment lacks is named as such")
    func logs() throws {
        #expect(try tool.run("import", "posthog", "-", input: flags(rollout: 100)).code == 0)
        let empty = try tool.run("parity", "button", "-", input: "unit_id,variant_id\n")
        #expect(empty.code == 2 && empty.errors.contains("the log has no units"))
        let unknown = try tool.run("parity", "button", "-", input: "unit_id,variant_id\nu1,tset\n")
        #expect(unknown.code == 4 && unknown.output.contains("logged 'tset' (no variant of the experiment), here '"))
        let twice = try tool.run("parity", "button", "-", input: "unit_id,variant_id,unit_id\nu1,test,u2\n")
        #expect(twice.code == 2 && twice.errors.contains("the column 'unit_id' is there twice"))
    }
}
