/// The texts of a cell that stand for no value: nothing at all, and what somebody says.
///
/// Not `\N` by itself, though databases write it: an id of these two characters is a unit by the rules.
struct NullTexts {
    private let others: [[UInt8]]

    init(_ others: [String] = []) {
        self.others = others.map { Array($0.utf8) }
    }

    func contains(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        bytes.isEmpty || !others.isEmpty && others.contains { $0.elementsEqual(bytes) }
    }

    func contains(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { contains($0) }
    }
}
