package import ExperimentDatabase
package import Experimentation

/// Reads and writes the global holdout.
package enum HoldoutTable {
    private static let select = "SELECT name, share FROM holdout"
    private static let upsert = """
        INSERT INTO holdout (only_row, name, share) VALUES (1, ?1, ?2)
        ON CONFLICT (only_row) DO UPDATE SET name = excluded.name, share = excluded.share
        """

    /// The holdout that phases take over when they start.
    package static func current(_ connection: borrowing Connection) throws -> Holdout? {
        let select = try connection.prepare(Self.select)
        guard try select.step() else { return nil }
        do throws(ExperimentError) {
            return try Holdout(name: select.text(0), share: select.double(1))
        } catch {
            throw StorageFailure.damaged("the file's holdout breaks a rule: \(error)")
        }
    }

    package static func set(_ holdout: Holdout, _ connection: borrowing Connection) throws {
        let upsert = try connection.prepare(Self.upsert)
        try upsert.bind(holdout.name, at: 1)
        try upsert.bind(holdout.share, at: 2)
        try upsert.run()
    }
}

/// Reads which experiments claim which ranges of namespaces: those that are not stopped, in their latest phase.
package enum NamespaceClaimTable {
    private static let select = """
        SELECT x.name, x.unit, c.namespace, c.range_start, c.range_end
        FROM namespace_claim AS c CROSS JOIN experiment_definition AS x ON x.experiment_id = c.experiment_id
        ORDER BY c.experiment_id
        """

    /// The claims in force, in order of definition.
    package static func all(_ connection: borrowing Connection) throws -> [NamespaceClaimant] {
        var claimants: [NamespaceClaimant] = []
        let rows = try connection.prepare(select)
        while try rows.step() {
            claimants.append(try claimant(rows))
        }
        return claimants
    }

    private static func claimant(_ row: borrowing Statement) throws -> NamespaceClaimant {
        guard let unit = ExperimentUnit(rawValue: row.text(1)) else {
            throw StorageFailure.damaged("an experiment of the file has an unknown unit")
        }
        do throws(ExperimentError) {
            let claim = try NamespaceClaim(row.text(2), from: row.double(3), to: row.double(4))
            return NamespaceClaimant(row.name(0), unit, claim)
        } catch {
            throw StorageFailure.damaged("an experiment of the file breaks a rule: \(error)")
        }
    }
}
