package import Experimentation

/// A value that a parameter of a statement can take.
package protocol Bindable {
    /// Binds the value to a parameter, numbered from 1.
    func bind(to statement: borrowing Statement, at index: Int32) throws
}

extension Int64: Bindable {
    package func bind(to statement: borrowing Statement, at index: Int32) throws { try statement.bind(self, at: index) }
}

extension Int: Bindable {
    package func bind(to statement: borrowing Statement, at index: Int32) throws {
        try statement.bind(Int64(self), at: index)
    }
}

extension Double: Bindable {
    package func bind(to statement: borrowing Statement, at index: Int32) throws { try statement.bind(self, at: index) }
}

extension String: Bindable {
    package func bind(to statement: borrowing Statement, at index: Int32) throws { try statement.bind(self, at: index) }
}

extension Name: Bindable {
    package func bind(to statement: borrowing Statement, at index: Int32) throws { try statement.bind(text, at: index) }
}

/// 1 or 0.
extension Bool: Bindable {
    package func bind(to statement: borrowing Statement, at index: Int32) throws {
        try statement.bind(self ? 1 as Int64 : 0, at: index)
    }
}

/// The value, or NULL.
extension Optional: Bindable where Wrapped: Bindable {
    package func bind(to statement: borrowing Statement, at index: Int32) throws {
        guard let self else { return try statement.bindNull(at: index) }
        try self.bind(to: statement, at: index)
    }
}
