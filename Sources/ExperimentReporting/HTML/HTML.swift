import Experimentation

/// A piece of an HTML or SVG document that is safe to put into a page.
///
/// A page is made of elements, whose names are literals of this program, and of text, which is escaped. There is no way to put
/// a string in as markup, so nothing that a user wrote can become any. Templates are thus checked by the compiler, and
/// need neither an engine nor files beside the binary.
struct HTML: Sendable, Hashable {
    /// The markup, in UTF-8.
    private(set) var markup: String

    /// Nothing.
    static let empty = HTML(markup: "")

    /// A text; every character that means something to a parser is escaped.
    init(text: String) {
        markup = ""
        Self.escape(text, to: &markup)
    }

    /// Markup written in this program.
    init(literal: StaticString) {
        markup = "\(literal)"
    }

    /// A style sheet written in this program, after the colours.
    init(styles: [StaticString]) {
        markup = "<style>\n" + Palette.variables + styles.map { "\($0)\n" }.joined() + "</style>"
    }

    /// An element, or one without an end tag if `content` is nil.
    init(_ name: StaticString, _ attributes: [Attribute], content: HTML?) {
        markup = "<\(name)"
        for attribute in attributes { attribute.write(to: &markup) }
        markup += ">"
        if let content {
            markup += content.markup
            markup += "</\(name)>"
        }
    }

    /// A shape inside an SVG, which is closed where it opens.
    init(shape name: StaticString, _ attributes: [Attribute]) {
        markup = "<\(name)"
        for attribute in attributes { attribute.write(to: &markup) }
        markup += "/>"
    }

    private init(markup: String) {
        self.markup = markup
    }

    /// Appends another piece.
    static func += (left: inout HTML, right: HTML) {
        left.markup += right.markup
    }

    /// Pieces one after the other.
    static func joined(_ pieces: [HTML]) -> HTML {
        HTML(markup: pieces.map(\.markup).joined())
    }

    /// Writes a text so that it stands for itself between tags and within a quoted attribute.
    ///
    /// Control characters and noncharacters, which HTML forbids, become U+FFFD.
    /// Source: WHATWG HTML, § "Escaping a string" and § "Preprocessing the input stream".
    fileprivate static func escape(_ text: String, to markup: inout String) {
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": markup += "&amp;"
            case "<": markup += "&lt;"
            case ">": markup += "&gt;"
            case "\"": markup += "&quot;"
            case "'": markup += "&#39;"
            case "\n", "\t": markup.unicodeScalars.append(scalar)
            default: markup.unicodeScalars.append(isForbidden(scalar.value) ? "\u{fffd}" : scalar)
            }
        }
    }

    private static func isForbidden(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x00...0x1f, 0x7f...0x9f, 0xfdd0...0xfdef: true
        default: scalar & 0xfffe == 0xfffe
        }
    }
}

extension HTML {
    /// A name and a value, which is escaped.
    struct Attribute: Sendable, Hashable {
        private let name: String
        private let value: String?

        init(_ name: StaticString, _ value: String?) {
            self.name = "\(name)"
            self.value = value
        }

        fileprivate func write(to markup: inout String) {
            markup += " "
            markup += name
            guard let value else { return }
            markup += "=\""
            HTML.escape(value, to: &markup)
            markup += "\""
        }

        static func id(_ value: String) -> Attribute { Attribute("id", value) }
        static func href(_ value: String) -> Attribute { Attribute("href", value) }
        static func style(_ value: String) -> Attribute { Attribute("style", value) }
        static func `class`(_ value: String) -> Attribute { Attribute("class", value) }
        static func role(_ value: String) -> Attribute { Attribute("role", value) }
        static func scope(_ value: String) -> Attribute { Attribute("scope", value) }
        /// Not for a screen reader, which has the same in words beside it.
        static let ariaHidden = Attribute("aria-hidden", "true")
    }
}

/// Lets pieces of a document be written one below the other, strings being texts.
@resultBuilder
enum HTMLBuilder {
    static func buildExpression(_ text: String) -> HTML { HTML(text: text) }
    static func buildExpression(_ piece: HTML) -> HTML { piece }
    static func buildExpression(_ pieces: [HTML]) -> HTML { .joined(pieces) }
    static func buildBlock(_ pieces: HTML...) -> HTML { pieces.count == 1 ? pieces[0] : .joined(pieces) }
    static func buildOptional(_ piece: HTML?) -> HTML { piece ?? .empty }
    static func buildEither(first piece: HTML) -> HTML { piece }
    static func buildEither(second piece: HTML) -> HTML { piece }
    static func buildArray(_ pieces: [HTML]) -> HTML { .joined(pieces) }
}

/// An element: `element("p", .class("rule")) { "Ship when …" }`.
func element(
    _ name: StaticString, _ attributes: HTML.Attribute..., @HTMLBuilder content: () -> HTML = { .empty }
) -> HTML {
    HTML(name, attributes, content: content())
}

/// An element whose attributes are computed.
func element(_ name: StaticString, _ attributes: [HTML.Attribute], @HTMLBuilder content: () -> HTML) -> HTML {
    HTML(name, attributes, content: content())
}

/// An element that has no content and no end tag, such as `meta`.
func void(_ name: StaticString, _ attributes: HTML.Attribute...) -> HTML {
    HTML(name, attributes, content: nil)
}

/// A shape inside an SVG, such as `line`.
func shape(_ name: StaticString, _ attributes: HTML.Attribute...) -> HTML {
    HTML(shape: name, attributes)
}

/// Several pieces as one.
func group(@HTMLBuilder _ content: () -> HTML) -> HTML { content() }

/// A name that somebody else chose: it is a text, and its direction stays its own.
func name(_ text: String) -> HTML {
    element("bdi", .class("id")) { text }
}

func name<Of>(_ named: Name<Of>) -> HTML { name(named.text) }
