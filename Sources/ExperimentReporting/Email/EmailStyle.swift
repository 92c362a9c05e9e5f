import Experimentation

/// Style of a mail: everything is said where it is used.
enum EmailStyle {
    private static let sans = "font-family:-apple-system,Segoe UI,Roboto,Helvetica,Arial,sans-serif"
    private static let mono = "font-family:Menlo,Consolas,Liberation Mono,monospace"

    static func text(_ more: String = "") -> String {
        "\(sans);color:\(Palette.ink.light)" + (more.isEmpty ? "" : ";" + more)
    }

    /// A table that only lays out.
    static func table(width: String, @HTMLBuilder content: () -> HTML) -> HTML {
        element(
            "table", .role("presentation"), .init("width", width), .init("cellpadding", "0"), .init("cellspacing", "0"),
            .init("border", "0"), .style("border-collapse:collapse;max-width:100%"), content: content)
    }

    /// A sentence, its names in bold.
    static func phrase(_ phrase: MarkedText) -> HTML {
        .joined(
            phrase.pieces.map { piece in
                switch piece {
                case .words(let text): HTML(text: text)
                case .name(let text): name(text)
                case .experiment(let text): element("bdi", .style("\(mono);word-break:break-word")) { text }
                case .code(let text): element("code", .style(mono)) { text }
                }
            })
    }

    /// A name of somebody else's choice; long ones break anywhere.
    static func name(_ text: String) -> HTML {
        element("bdi", .style("font-weight:600;word-break:break-word")) { text }
    }

    static func name<Of>(_ named: Name<Of>) -> HTML { name(named.text) }

    /// A verdict's mark and word in its colour.
    static func verdict(_ kind: VerdictText.Kind, _ title: MarkedText) -> HTML {
        element("span", .style("font-weight:700;color:\(colour(kind.tone))")) {
            "\(kind.mark) "
            phrase(title)
        }
    }

    /// A plot in characters, whose spaces must stay.
    static func plot(_ text: String, _ tone: Tone) -> HTML {
        element("span", .style("\(mono);font-size:12px;white-space:nowrap;color:\(colour(tone))")) { text }
    }

    /// Colour of a tone in a mail, which is always light.
    static func colour(_ tone: Tone) -> String {
        switch tone {
        case .good: Palette.good.light
        case .bad: Palette.bad.light
        case .warn: Palette.warn.light
        case .keep: Palette.ink.light
        case .none: Palette.ink2.light
        }
    }
}
