package import ExperimentDatabase
import Experimentation

/// Parts of an experiment beside its own row and its phase's, read beside these in order of the experiments' numbers.
struct ExperimentParts: ~Copyable {
    private static let selectNames = """
        SELECT experiment_id, variant_id, name FROM variant_definition WHERE experiment_id BETWEEN ?1 AND ?2
        ORDER BY experiment_id
        """
    private static let selectVariants = """
        SELECT p.experiment_id, w.variant_id, w.weight, w.is_control, p.phase_id, p.number
        FROM phase_definition p CROSS JOIN phase_variant w ON w.phase_id = p.phase_id
        WHERE p.experiment_id BETWEEN ?1 AND ?2
        ORDER BY p.experiment_id, p.number, w.position
        """
    private static let selectRoles = """
        SELECT experiment_id, role, metric, margin FROM metric_role WHERE experiment_id BETWEEN ?1 AND ?2
        ORDER BY experiment_id, role, position
        """
    private static let selectOverrides = """
        SELECT experiment_id, unit_id, variant_id FROM unit_override WHERE experiment_id BETWEEN ?1 AND ?2
        ORDER BY experiment_id, unit_id
        """

    /// The parts of one experiment.
    struct Group {
        /// Variants that the experiment ever had.
        var names: [StoredVariant] = []
        /// The variants of every phase.
        var variants: [(phase: RowNumber<PhaseRow>, number: Int, definition: VariantDefinition)] = []
        var goals: [MetricName] = []
        var guardrails: [Guardrail] = []
        var overrides: [VariantOverride] = []
        /// The rule that one of them breaks.
        var broken: ExperimentError?

        init() {
            // As many as most experiments have.
            names.reserveCapacity(2)
            variants.reserveCapacity(2)
        }

        /// The variants of one phase, in the order of their declaration.
        func variants(of phase: RowNumber<PhaseRow>) -> [VariantDefinition] {
            variants.compactMap { $0.phase == phase ? $0.definition : nil }
        }

        /// The phases before the one of a number, by their numbers.
        func phases(before number: Int) -> [Int: RowNumber<PhaseRow>] {
            var earlier: [Int: RowNumber<PhaseRow>] = [:]
            for variant in variants where variant.number < number { earlier[variant.number] = variant.phase }
            return earlier
        }

        func name(_ id: RowNumber<VariantRow>) -> VariantName { names.first { $0.id == id }?.name ?? "" }
    }

    private var names: GroupedRows
    private var variants: GroupedRows
    private var roles: GroupedRows
    private var overrides: GroupedRows

    init(_ selection: ExperimentSelection, _ connection: borrowing Connection) throws {
        let names = try GroupedRows(Self.selectNames, selection, connection)
        let variants = try GroupedRows(Self.selectVariants, selection, connection)
        let roles = try GroupedRows(Self.selectRoles, selection, connection)
        let overrides = try GroupedRows(Self.selectOverrides, selection, connection)
        self.names = names
        self.variants = variants
        self.roles = roles
        self.overrides = overrides
    }

    /// The parts of an experiment; asked for in order of the experiments' numbers.
    mutating func next(of number: RowNumber<ExperimentRow>) throws -> Group {
        var group = Group()
        try names.forEach(of: number) { row in
            group.names.append(StoredVariant(id: row.rowNumber(1), name: row.name(2)))
        }
        try variants.forEach(of: number) { row in
            let variant = VariantDefinition(
                group.name(row.rowNumber(1)).text, weight: row.double(2), isControl: row.int64(3) == 1)
            group.variants.append((row.rowNumber(4), row.int(5), variant))
        }
        try roles.forEach(of: number) { row in
            if row.text(1) == "goal" {
                group.goals.append(row.name(2))
            } else {
                do throws(ExperimentError) {
                    group.guardrails.append(try Guardrail(metric: row.text(2), margin: row.double(3)))
                } catch {
                    group.broken = error
                }
            }
        }
        try overrides.forEach(of: number) { row in
            group.overrides.append(VariantOverride(unitID: row.text(1), variantID: group.name(row.rowNumber(2)).text))
        }
        return group
    }
}

/// Experiments that are read: all in one pass, or one.
package enum ExperimentSelection {
    case all
    /// The experiment of a number.
    case one(RowNumber<ExperimentRow>)

    /// The numbers asked for.
    var numbers: ClosedRange<RowNumber<ExperimentRow>> {
        switch self {
        case .all: RowNumber(.min)...RowNumber(.max)
        case .one(let number): number...number
        }
    }
}

/// Rows of a query in order of the number in their first column, handed out group by group in that order.
///
/// Several of them run beside one query over the same numbers, so that many things with many parts are read in one pass.
struct GroupedRows: ~Copyable {
    private let statement: Statement
    private var isAtRow: Bool

    /// Begins a query whose first two parameters are the smallest and the largest number asked for.
    init(_ sql: String, _ selection: ExperimentSelection, _ connection: borrowing Connection) throws {
        let statement = try connection.prepare(sql)
        try statement.bind(selection.numbers.lowerBound, at: 1)
        try statement.bind(selection.numbers.upperBound, at: 2)
        isAtRow = try statement.step()
        self.statement = statement
    }

    /// Calls a body for each row of a number's group, and leaves those of smaller numbers behind.
    mutating func forEach(
        of number: RowNumber<ExperimentRow>, _ body: (borrowing Statement) throws -> Void
    ) throws {
        while isAtRow {
            let next: RowNumber<ExperimentRow> = statement.rowNumber(0)
            guard next <= number else { return }
            if next == number { try body(statement) }
            isAtRow = try statement.step()
        }
    }
}
