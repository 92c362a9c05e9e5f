/// Words of a command line that somebody may paste.
package enum ShellWord {
    /// The word as it is where that is safe, else in quotation marks.
    package static func quoted(_ word: String) -> String {
        let isPlain = word.unicodeScalars.allSatisfy { scalar in
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", "/", ".", "-", "_", "+", ":": true
            default: false
            }
        }
        guard !isPlain || word.isEmpty || word.hasPrefix("-") else { return word }
        let parts = VisibleText.of(word).split(separator: "'", omittingEmptySubsequences: false)
        return "'" + parts.joined(separator: "'\\''") + "'"
    }
}
