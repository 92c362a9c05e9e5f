import Experimentation

/// A sentence in which names that somebody else chose are kept apart from our own words.
///
/// Each format escapes and marks names in its own way: `"\(name: experiment) has no control."`
struct MarkedText: Sendable, Hashable, ExpressibleByStringInterpolation {
    /// A part of a sentence.
    enum Piece: Sendable, Hashable {
        case words(String)
        case name(String)
        /// An experiment, which a sentence is about: among words alone it is quoted, since “harm” or “split” read as English.
        case experiment(String)
        case code(String)
    }

    private(set) var pieces: [Piece]

    init(stringLiteral words: String) {
        pieces = [.words(words)]
    }

    init(stringInterpolation interpolation: Interpolation) {
        pieces = interpolation.pieces
    }

    /// The sentence as it is, names among the words, experiments in quotes.
    var plain: String {
        pieces.map { piece in
            switch piece {
            case .words(let text), .name(let text), .code(let text): text
            case .experiment(let text): "“\(text)”"
            }
        }.joined()
    }

    var html: HTML {
        .joined(
            pieces.map { piece in
                switch piece {
                case .words(let text): HTML(text: text)
                case .name(let text): ExperimentReporting.name(text)
                case .experiment(let text): element("bdi", .class("id named")) { text }
                case .code(let text): element("code") { text }
                }
            })
    }

    static func + (left: MarkedText, right: MarkedText) -> MarkedText {
        var both = left
        both.pieces += right.pieces
        return both
    }

    /// Phrases in a list: `a, b and c`.
    static func list(_ phrases: [MarkedText]) -> MarkedText {
        var sum: MarkedText = ""
        for (index, phrase) in phrases.enumerated() {
            if index > 0 { sum = sum + (index == phrases.count - 1 ? " and " : ", ") }
            sum = sum + phrase
        }
        return sum
    }

    /// Sentences after each other.
    static func sentences(_ sentences: [MarkedText]) -> MarkedText {
        sentences.enumerated().reduce("") { $0 + ($1.offset > 0 ? " " : "") + $1.element }
    }

    /// The first letter a capital, unless a name begins.
    var capitalized: MarkedText {
        guard case .words(let words)? = pieces.first(where: { $0 != .words("") }) else { return self }
        var text = self
        text.pieces.removeAll { $0 == .words("") }
        text.pieces[0] = .words(NumberText.capitalized(words))
        return text
    }

    /// Collects the parts of a literal.
    struct Interpolation: StringInterpolationProtocol {
        fileprivate var pieces: [Piece] = []

        init(literalCapacity: Int, interpolationCount: Int) {}

        mutating func appendLiteral(_ words: String) {
            if !words.isEmpty { pieces.append(.words(words)) }
        }

        /// Our own words: numbers, units.
        mutating func appendInterpolation(_ words: String) { appendLiteral(words) }
        /// A part that is a phrase already.
        mutating func appendInterpolation(_ phrase: MarkedText) { pieces += phrase.pieces }
        /// A name that somebody else chose.
        mutating func appendInterpolation<Of>(name: Name<Of>) { pieces.append(.name(name.text)) }
        /// An experiment, in a sentence about it.
        mutating func appendInterpolation(experiment: ExperimentName) { pieces.append(.experiment(experiment.text)) }
        /// Code that is typed.
        mutating func appendInterpolation(code: String) { pieces.append(.code(code)) }
    }
}
