import ExperimentDatabase
import Experimentation

/// Reads which experiments claim which ranges of namespaces: those that are not stopped, in their latest phase.
enum NamespaceClaimTable {
    private static let select = """
        SELECT x.name, x.unit, c.namespace, c.range_start, c.range_end
        FROM namespace_claim AS c CROSS JOIN experiment_definition AS x ON x.experiment_id = c.experiment_id
        ORDER BY c.experiment_id
        """

    /// The claims in force, in order of definition.
    static func all(_ connection: borrowing Connection) throws -> [NamespaceClaimant] {
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
