import ExperimentVendors
import Experimentation
import Foundation
import Testing

@Suite("Assignment as Statsig")
struct StatsigTests {
    typealias Vector = StatsigVector

    @Test("answers every line of the SDK's vectors, read through config specs of both forms", arguments: [false, true])
    func vectors(isByName: Bool) throws {
        var checked: [String: Int] = [:]
        for vector in try Vectors.read("statsig.jsonl", as: Vector.self) {
            switch vector.kind {
            case "hash": try checkHash(vector)
            case "gate": try checkGate(vector, isByName)
            case "layer": try checkLayer(vector, isByName)
            default: try checkExperiment(vector, isByName)
            }
            checked[vector.kind, default: 0] += 1
        }
        #expect(
            checked == [
                "hash": 41, "gate": 110, "experiment": 164, "holdout": 25, "targeting": 12, "override": 12, "layer": 36,
            ])
        #expect(try Vectors.lines("statsig.jsonl").count == 400)
    }

    private func user(_ vector: Vector) throws -> StatsigUser {
        let user = try #require(vector.user)
        return StatsigUser(userID: user.userID, customIDs: user.customIDs ?? [:])
    }

    private func specs(_ isByName: Bool, _ fill: (inout StatsigFile) -> Void) throws -> StatsigSpecs {
        var file = StatsigFile(isByName: isByName)
        fill(&file)
        return try StatsigSpecs(json: Vectors.json(file.json))
    }

    private func checkHash(_ vector: Vector) throws {
        let hash = StatsigHash(try #require(vector.salt))
        #expect(String(hash.hash(of: vector.unitId)) == vector.expect.hashU64, "\(vector.id)")
        #expect(hash.bucket(of: vector.unitId, outOf: 1_000) == vector.expect.mod1000, "\(vector.id)")
        #expect(hash.bucket(of: vector.unitId, outOf: 10_000) == vector.expect.mod10000, "\(vector.id)")
    }

    private func checkGate(_ vector: Vector, _ isByName: Bool) throws {
        let gate = try #require(vector.gate)
        let specs = try specs(isByName) { $0.add(gate) }
        let user = try user(vector)
        let spec = try #require(specs.gate(VendorName(gate.name)))
        let answer = try #require(specs.evaluate(spec, for: user))
        #expect(answer.value == vector.expect.value && same(answer.ruleID, vector.expect.ruleId), "\(vector.id)")
        #expect(same(user.unitID(gate.idType), vector.unitId), "\(vector.id)")
        guard let expected = vector.expect.bucket, let rule = gate.rules.first else { return }
        #expect(StatsigHash(gate.salt, rule.salt).bucket(of: vector.unitId, outOf: 10_000) == expected, "\(vector.id)")
    }

    private func checkExperiment(_ vector: Vector, _ isByName: Bool) throws {
        let experiment = try #require(vector.experiment)
        let specs = try specs(isByName) { $0.add(experiment) }
        let user = try user(vector)
        let spec = try #require(specs.config(VendorName(experiment.name)))
        let answer = try #require(specs.evaluate(spec, for: user))
        #expect(same(answer.groupName, vector.expect.variant), "\(vector.id)")
        let value = VendorValue.object(["g": try #require(vector.expect.value)])
        #expect(answer.value == value && same(answer.ruleID, vector.expect.ruleId), "\(vector.id)")
        #expect(same(user.unitID(experiment.idType), vector.unitId), "\(vector.id)")
        func bucket(_ salts: String..., outOf count: UInt64 = 1_000) -> Int {
            let hash = salts.count == 2 ? StatsigHash(salts[0], salts[1]) : StatsigHash(salts[0])
            return hash.bucket(of: vector.unitId, outOf: count)
        }
        #expect(bucket(experiment.allocation.salt) == vector.expect.allocationBucket, "\(vector.id)")
        #expect(bucket(experiment.salt) == vector.expect.groupBucket, "\(vector.id)")
        if let expected = vector.expect.holdoutBucket, let gate = experiment.holdoutGate {
            let rule = try #require(gate.rules.first)
            #expect(bucket(gate.salt, rule.salt, outOf: 10_000) == expected, "\(vector.id)")
        }
    }

    private func checkLayer(_ vector: Vector, _ isByName: Bool) throws {
        let layer = try #require(vector.layer)
        let specs = try specs(isByName) { $0.add(layer) }
        let spec = try #require(specs.layer(VendorName(layer.name)))
        let user = try user(vector)
        let answer = try #require(specs.evaluate(spec, for: user))
        let value = VendorValue.object(["g": try #require(vector.expect.value)])
        #expect(answer.value == value && same(answer.ruleID, vector.expect.ruleId), "\(vector.id)")
        #expect(same(answer.groupName, vector.expect.group), "\(vector.id)")
        let allocation = StatsigHash(layer.salt).bucket(of: vector.unitId, outOf: 1_000)
        #expect(allocation == vector.expect.allocationBucket, "\(vector.id)")
        for (name, expected) in try #require(vector.expect.groupBuckets) {
            let member = try #require(layer.experiments.first { same($0.experiment.name, name) })
            let bucket = StatsigHash(member.experiment.salt).bucket(of: vector.unitId, outOf: 1_000)
            #expect(bucket == expected, "\(vector.id)")
        }
    }

    @Test("the two forms of one file say the same")
    func forms() throws {
        let files = try ["v1", "v2"].map { version in
            try StatsigSpecs(
                json: Data(contentsOf: Vectors.folder.appending(path: "statsig-dcs-sample-\(version).json")))
        }
        // How often a spec was changed is in the second only.
        func byName(_ specs: [StatsigSpec]) -> [StatsigSpec] {
            specs.map {
                var spec = $0
                spec.version = nil
                return spec
            }.sorted { $0.name < $1.name }
        }
        #expect(byName(files[0].gates) == byName(files[1].gates) && files[0].gates.count == 8)
        #expect(byName(files[0].configs) == byName(files[1].configs) && files[0].configs.count == 12)
        #expect(byName(files[0].layers) == byName(files[1].layers) && files[0].layers.count == 3)
    }
}
