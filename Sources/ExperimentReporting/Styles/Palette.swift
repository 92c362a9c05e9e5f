/// The colours of a report, by what they are for.
///
/// Colour has one job: blue for better, rust for worse, ochre for what needs repair; everything else is ink or grey. The
/// two directions are also told apart by side, mark and word, for readers who don't see the difference.
enum Palette: String, CaseIterable {
    /// The page.
    case paper
    /// The ground of code and hatching.
    case wash
    /// Text.
    case ink
    /// Secondary text.
    case ink2
    /// Strong hairlines, and the palest grey that text may have.
    case ink3
    /// Gridlines and rules between rows: decoration.
    case hair
    /// Marks without a verdict.
    case grey
    /// Bands of marks without a verdict.
    case greyWash = "grey-wash"
    /// Better.
    case good
    /// Bands of what is better.
    case goodWash = "good-wash"
    /// Worse.
    case bad
    /// Bands of what is worse, and the harmful side of a margin.
    case badWash = "bad-wash"
    /// Needs repair; margins.
    case warn

    /// Value of the colour on white paper, as `#rrggbb`.
    var light: String {
        switch self {
        case .paper: "#ffffff"
        case .wash: "#f6f5f2"
        case .ink: "#1c1e20"
        case .ink2: "#52565b"
        case .ink3: "#6b6f74"
        case .hair: "#e2e1dc"
        case .grey: "#7d8288"
        case .greyWash: "#e6e6e3"
        case .good: "#0b6784"
        case .goodWash: "#d8e9ef"
        case .bad: "#b0371a"
        case .badWash: "#f9e3da"
        case .warn: "#855800"
        }
    }

    /// Value of the colour on a dark screen, as `#rrggbb`.
    var dark: String {
        switch self {
        case .paper: "#15171a"
        case .wash: "#1d2023"
        case .ink: "#eceae5"
        case .ink2: "#b4b7ba"
        case .ink3: "#9a9ea3"
        case .hair: "#2d3135"
        case .grey: "#8b9197"
        case .greyWash: "#2b2f33"
        case .good: "#62bcd9"
        case .goodWash: "#163440"
        case .bad: "#f08a63"
        case .badWash: "#43241a"
        case .warn: "#dcab45"
        }
    }

    /// System colour that takes the colour's place where the system chooses the colours.
    private var forced: String {
        switch self {
        case .paper, .wash: "Canvas"
        case .hair, .greyWash, .goodWash, .badWash: "GrayText"
        default: "CanvasText"
        }
    }

    /// The colours as variables of a style sheet.
    ///
    /// Dark is for screens only: paper stays white.
    static var variables: String {
        func list(_ value: (Palette) -> String) -> String {
            allCases.map { "--\($0.rawValue): \(value($0))" }.joined(separator: "; ")
        }
        return """
            :root { color-scheme: light dark; \(list(\.light)) }
            @media screen and (prefers-color-scheme: dark) { :root { \(list(\.dark)) } }
            @media (forced-colors: active) { :root { \(list(\.forced)) } }

            """
    }
}
