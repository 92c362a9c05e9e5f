import Experimentation

/// The statements about the parts of an experiment's units that an attribute tells apart.
extension WarehouseQuery {
    /// An attribute that an experiment's units are told apart by, and how many of the largest segments each on its own.
    struct Attribute {
        let place: Int
        let experiment: ExperimentName
        let name: AttributeName
        let limit: Int
        /// Whether a reader asked for the attribute, with every metric; else the definition declares it, for the goals.
        let isAsked: Bool
    }

    /// Numbered through all experiments.
    var attributes: [Attribute] {
        var all: [Attribute] = []
        for phase in phases {
            for name in phase.segments {
                all.append(
                    Attribute(
                        place: all.count, experiment: phase.experiment, name: name,
                        limit: PassSegments.Attribute.declared, isAsked: false))
            }
            if let name = options.segmentAttribute {
                all.append(
                    Attribute(
                        place: all.count, experiment: phase.experiment, name: name, limit: PassSegments.Attribute.asked,
                        isAsked: true))
            }
        }
        return all
    }

    /// The metrics that an attribute's segments have.
    func metrics(of attribute: Attribute) -> [(place: Int, metric: PassMetrics.Reported)] {
        let goals = Set(phases.first { $0.experiment == attribute.experiment }?.goals ?? [])
        return metrics.reported.enumerated().filter { attribute.isAsked || goals.contains($0.element.definition.name) }
            .map { ($0.offset, $0.element) }
    }

    var segmentResults: String {
        let attributes = attributes
        guard !attributes.isEmpty else { return "" }
        let parts = attributes.map { attribute in
            """
            SELECT CAST(\(attribute.place) AS \(dialect.integer)) AS attribute, experiment, unit_id, variant_id, t0,
                \(dialect.attribute(attribute.name.text, of: "attributes")) AS value, \(attribute.limit) AS most
            FROM q_unit WHERE is_analysed = 1 AND experiment = \(dialect.literal(attribute.experiment.text))
            """
        }
        let order = dialect.engine == .postgresql ? "value COLLATE \"C\"" : "value"
        return dialect.table("q_part", as: parts.joined(separator: "\nUNION ALL "))
            + dialect.table(
                "q_segment",
                as: """
                    SELECT attribute, value, CASE WHEN place <= most THEN place ELSE 0 END AS place FROM (
                        SELECT attribute, value, most, ROW_NUMBER() OVER (PARTITION BY attribute
                            ORDER BY units DESC, CASE WHEN value IS NULL THEN 1 ELSE 0 END, \(order)) AS place
                        FROM (SELECT attribute, value, most, COUNT(*) AS units FROM q_part GROUP BY attribute, value, most) c) r
                    """)
            + dialect.table(
                "q_placed",
                as: """
                    SELECT p.attribute AS attribute, p.experiment AS experiment, p.unit_id AS unit_id, p.variant_id AS variant_id,
                        p.t0 AS t0, s.place AS place
                    FROM q_part p JOIN q_segment s ON s.attribute = p.attribute
                        AND (s.value = p.value OR s.value IS NULL AND p.value IS NULL)
                    """)
            // Not every client writes an empty text otherwise than nothing.
            + "SELECT '\(Row.segment.rawValue)', attribute, place, value, CASE WHEN value IS NULL THEN 1 ELSE 0 END "
            + "FROM q_segment WHERE place > 0;\n"
                + """
                SELECT '\(Row.segmentUnits.rawValue)', u.attribute, u.place, u.variant_id, COUNT(*), SUM(COALESCE(o.kept, 0))
                FROM q_placed u LEFT JOIN (SELECT experiment, unit_id, COUNT(*) AS kept FROM q_told WHERE fate = 'kept'
                    GROUP BY experiment, unit_id) o ON o.experiment = u.experiment AND o.unit_id = u.unit_id
                GROUP BY u.attribute, u.place, u.variant_id;\n
                """
            + segmentValues(attributes) + segmentRatios(attributes)
    }

    private func segmentValues(_ attributes: [Attribute]) -> String {
        let wanted = attributes.flatMap { attribute in
            let measures = Set(metrics(of: attribute).flatMap { $0.metric.statistic.measures }).sorted()
            return measures.map { [dialect.literal(Int64(attribute.place)), dialect.literal(Int64($0))] }
        }
        // Metrics that nobody defined are asked for, too.
        let others = attributes.filter(\.isAsked).map { "\($0.place)" }.joined(separator: ", ")
        let unlisted =
            others.isEmpty
            ? ""
            : "\nUNION ALL SELECT DISTINCT u.attribute, m.measure FROM q_placed u CROSS JOIN q_measure m "
                + "WHERE m.measure >= 1000000 AND u.attribute IN (\(others))"
        guard !wanted.isEmpty else { return "" }
        return dialect.table("q_wanted", as: literals(["attribute", "measure"], wanted) + unlisted)
            + """
            SELECT '\(Row.segmentValues.rawValue)', u.attribute, u.place, m.measure, u.variant_id, k.value, COUNT(*)
            FROM q_placed u JOIN q_wanted w ON w.attribute = u.attribute JOIN q_measure m ON m.measure = w.measure
            JOIN q_present p ON p.experiment = u.experiment AND p.measure = m.measure CROSS JOIN q_end e
            LEFT JOIN q_value k ON k.experiment = u.experiment AND k.measure = m.measure AND k.unit_id = u.unit_id
                AND k.is_before = 0
            WHERE m.settle_us IS NULL OR u.t0 + m.settle_us <= e.now_us
            GROUP BY u.attribute, u.place, m.measure, u.variant_id, k.value;\n
            """
    }

    private func segmentRatios(_ attributes: [Attribute]) -> String {
        let wanted = attributes.flatMap { attribute in
            metrics(of: attribute).compactMap { place, metric -> [String]? in
                guard case .ratio(let numerator, let denominator) = metric.statistic else { return nil }
                return [attribute.place, place, numerator, denominator].map { dialect.literal(Int64($0)) }
            }
        }
        guard !wanted.isEmpty else { return "" }
        return dialect.table(
            "q_wanted_ratio", as: literals(["attribute", "ratio", "numerator", "denominator"], wanted))
                + """
                SELECT '\(Row.segmentRatio.rawValue)', u.attribute, u.place, w.ratio, u.variant_id, n.value, d.value, COUNT(*)
                FROM q_placed u JOIN q_wanted_ratio w ON w.attribute = u.attribute
                JOIN q_present p ON p.experiment = u.experiment AND p.measure = w.denominator
                JOIN q_measure mn ON mn.measure = w.numerator JOIN q_measure md ON md.measure = w.denominator CROSS JOIN q_end e
                LEFT JOIN q_value n ON n.experiment = u.experiment AND n.measure = w.numerator AND n.unit_id = u.unit_id
                    AND n.is_before = 0
                LEFT JOIN q_value d ON d.experiment = u.experiment AND d.measure = w.denominator AND d.unit_id = u.unit_id
                    AND d.is_before = 0
                WHERE (mn.settle_us IS NULL OR u.t0 + mn.settle_us <= e.now_us)
                    AND (md.settle_us IS NULL OR u.t0 + md.settle_us <= e.now_us)
                GROUP BY u.attribute, u.place, w.ratio, u.variant_id, n.value, d.value;\n
                """
    }
}
