/// Parts of tables.
///
/// Every part says its role: on a phone the rows become blocks, and browsers forget what an element was once its display
/// changes.
func table(_ style: String, caption: String, @HTMLBuilder content: () -> HTML) -> HTML {
    element("table", .class(style), .role("table")) {
        element("caption", .class("hidden")) { caption }
        content()
    }
}

/// The row of column heads.
func tableHead(@HTMLBuilder content: () -> HTML) -> HTML {
    element("thead", .role("rowgroup")) { element("tr", .role("row"), content: content) }
}

/// Rows that belong together.
func tableBody(@HTMLBuilder content: () -> HTML) -> HTML {
    element("tbody", .role("rowgroup"), content: content)
}

func row(_ style: String? = nil, @HTMLBuilder content: () -> HTML) -> HTML {
    element("tr", [.role("row")] + (style.map { [.class($0)] } ?? []), content: content)
}

/// The head of a column.
func columnHead(_ style: String = "", @HTMLBuilder content: () -> HTML) -> HTML {
    element(
        "th", [.scope("col"), .role("columnheader")] + (style.isEmpty ? [] : [.class(style)]), content: content)
}

/// The head of a row.
func rowHead(_ style: String, @HTMLBuilder content: () -> HTML) -> HTML {
    element("th", .scope("row"), .role("rowheader"), .class(style), content: content)
}

func cell(_ style: String, @HTMLBuilder content: () -> HTML) -> HTML {
    element("td", .class(style), .role("cell"), content: content)
}

/// Parts of a table that stays a table on a phone, and so needs no roles.
enum PlainTable {
    static func table(_ style: String = "plain", caption: String, @HTMLBuilder content: () -> HTML) -> HTML {
        element("table", .class(style)) {
            element("caption", .class("hidden")) { caption }
            content()
        }
    }

    static func head(@HTMLBuilder content: () -> HTML) -> HTML {
        element("thead") { element("tr", content: content) }
    }

    static func row(_ style: String? = nil, @HTMLBuilder content: () -> HTML) -> HTML {
        element("tr", style.map { [.class($0)] } ?? [], content: content)
    }

    static func columnHead(_ style: String? = nil, @HTMLBuilder content: () -> HTML) -> HTML {
        element("th", [.scope("col")] + (style.map { [.class($0)] } ?? []), content: content)
    }

    static func rowHead(@HTMLBuilder content: () -> HTML) -> HTML {
        element("th", .scope("row"), content: content)
    }

    /// A cell of text.
    static func text(@HTMLBuilder content: () -> HTML) -> HTML { element("td", content: content) }

    /// A cell with a number.
    static func number(@HTMLBuilder content: () -> HTML) -> HTML { element("td", .class("right"), content: content) }
}

/// A number as it is read, with every digit of it for programs.
func data(_ value: Double?, _ text: String) -> HTML {
    guard let value, value.isFinite else { return HTML(text: text) }
    return element("data", .init("value", "\(value)")) { text }
}

/// A count.
func data(_ value: Int, _ text: String? = nil) -> HTML {
    element("data", .init("value", String(value))) { text ?? NumberText.count(value) }
}
