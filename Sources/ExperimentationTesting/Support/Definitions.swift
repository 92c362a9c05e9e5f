import Experimentation

/// The experiments that are defined in every backend under test.
enum Definitions {
    /// Users, half and half.
    static let button: ExperimentName = "checkout_button_color"
    /// Users, 1 : 0 : 3.
    static let weighted: ExperimentName = "weighted"
    /// Sessions, half and half.
    static let session: ExperimentName = "by session"
    static let draft: ExperimentName = "draft"
    static let stopped: ExperimentName = "stopped"
    /// Stopped, with the treatment as winner.
    static let decided: ExperimentName = "decided"
    /// Two experiments whose names Swift calls equal; their variants begin with the form's name.
    static let composed: ExperimentName = "caf\u{e9}"
    static let decomposed: ExperimentName = "cafe\u{301}"
    /// 128 bytes of spaces, quotes and scripts.
    static let odd = ExperimentName(padded(" It's \"100 %\" légal; עברית 名前 👩‍💻 "))
    static let oddVariants: [VariantName] = [VariantName(padded("'; DROP TABLE exposure; --")), "\u{200f}العربية", " "]

    /// Names that are not defined, some of them only nearly.
    static let unknown: [ExperimentName] = [
        "unknown", "Checkout_Button_Color", " checkout_button_color", "checkout_button_color ", "checkout_button",
    ]

    /// All of them; the control of those that don't run is not the first variant.
    static func all() throws(ExperimentError) -> [Experiment] {
        let variants = [VariantDefinition("treatment"), VariantDefinition("control", isControl: true)]
        return [
            try Experiment(id: button.text, variants: variants.reversed()),
            try Experiment(
                id: weighted.text,
                variants: [
                    VariantDefinition("one", weight: 1, isControl: true), VariantDefinition("none", weight: 0),
                    VariantDefinition("three", weight: 3),
                ]),
            try Experiment(id: session.text, unit: .session, variants: variants),
            try Experiment(id: draft.text, status: .draft, variants: variants),
            try Experiment(id: stopped.text, status: .stopped, variants: variants),
            try Experiment(id: decided.text, status: .stopped, variants: variants, winner: "treatment"),
            try Experiment(id: composed.text, variants: pair("composed")),
            try Experiment(id: decomposed.text, variants: pair("decomposed")),
            try Experiment(
                id: odd.text,
                variants: oddVariants.enumerated().map { VariantDefinition($1.text, isControl: $0 == 0) }),
        ]
    }

    /// A text of 128 bytes, the most a name may have.
    static func padded(_ text: String) -> String { text + String(repeating: "n", count: 128 - text.utf8.count) }

    private static func pair(_ form: String) -> [VariantDefinition] {
        [VariantDefinition(form + " control", isControl: true), VariantDefinition(form + " treatment")]
    }
}
