import Experimentation

/// Verdict on an experiment tonight: a word with a mark, a sentence, and the rule behind it.
struct VerdictText: Sendable, Hashable {
    /// Sort of a verdict; in the order in which experiments are listed.
    enum Kind: Int, Sendable, Hashable, CaseIterable, Comparable {
        case failed
        case stop
        case dontRead
        case noData
        case discuss
        case check
        case ship
        case keep
        case inconclusive
        case wait
        case draft
        case closed

        static func < (left: Kind, right: Kind) -> Bool { left.rawValue < right.rawValue }

        /// Whether somebody has to decide something.
        var isDecision: Bool {
            switch self {
            case .stop, .discuss, .check, .ship, .keep, .inconclusive: true
            default: false
            }
        }

        /// Whether something has to be repaired before anything can be read.
        var isRepair: Bool { self == .failed || self == .dontRead || self == .noData }

        /// Tone of the verdict, which gives its colour.
        var tone: Tone {
            switch self {
            case .stop: .bad
            case .ship: .good
            case .failed, .dontRead, .noData, .discuss, .check: .warn
            case .keep, .inconclusive: .keep
            case .wait, .draft, .closed: .none
            }
        }

        /// Name of the verdict for programs.
        var name: String {
            switch self {
            case .failed: "failed"
            case .stop: "stop"
            case .dontRead: "do_not_read"
            case .noData: "no_data"
            case .discuss: "discuss"
            case .check: "check"
            case .ship: "ship"
            case .keep: "keep"
            case .inconclusive: "inconclusive"
            case .wait: "wait"
            case .draft: "draft"
            case .closed: "stopped"
            }
        }

        /// Mark of the verdict as a character, for text.
        var mark: String {
            switch self {
            case .stop: "■"
            case .discuss: "◆"
            case .check: "◇"
            case .ship: "●"
            case .keep: "⊖"
            case .inconclusive: "⊙"
            case .dontRead: "⊘"
            case .noData, .failed: "◌"
            case .wait: "○"
            case .draft, .closed: "·"
            }
        }

        /// The same without UTF-8.
        var plainMark: String {
            switch self {
            case .stop: "[!]"
            case .discuss: "[~]"
            case .check: "[^]"
            case .ship: "[+]"
            case .keep: "[=]"
            case .inconclusive: "[.]"
            case .dontRead: "[x]"
            case .noData, .failed: "[?]"
            case .wait, .draft, .closed: "[ ]"
            }
        }
    }

    let kind: Kind
    /// `Ship`, `Don’t trust`, `Wait: plan ends in about 9 days`.
    let word: String
    /// The treatment it is about.
    var variantID: VariantName?
    /// Reason of the verdict in one line, for the summary.
    let reason: MarkedText
    /// Sentence on what the data say, in full.
    let sentence: MarkedText
    /// The rule, and what to do next.
    let rule: MarkedText
    /// A few words for the column Health; nil when it is sound.
    var health: MarkedText?
    /// Night since which the verdict stands, where nights are stored.
    var since: Since?

    /// Night since which a verdict stands.
    enum Since: Sendable, Hashable {
        /// The last stored night was the first to say so.
        case tonight
        /// Every night from this one on said so.
        case night(Day)

        var text: String {
            switch self {
            case .tonight: "new tonight"
            case .night(let day): "since \(day.short)"
            }
        }
    }

    /// The word with the treatment it is about.
    var title: MarkedText {
        guard let variantID else { return "\(word)" }
        return "\(word) \(name: variantID)"
    }
}
