/// The texts of a cell that stand for no value: nothing at all, `\N`, and what somebody says.
struct NullTexts {
    /// Texts that MySQL, Postgres, Hive and ClickHouse write for NULL; they name nobody.
    private static let usual = Array("\\N".utf8)

    private let others: [[UInt8]]

    init(_ others: [String] = []) {
        self.others = others.map { Array($0.utf8) }
    }

    func contains(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        if bytes.isEmpty || bytes.count == 2 && bytes.elementsEqual(Self.usual) { return true }
        return !others.isEmpty && others.contains { $0.elementsEqual(bytes) }
    }

    func contains(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { contains($0) }
    }
}
