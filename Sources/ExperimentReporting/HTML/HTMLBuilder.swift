import Experimentation

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
