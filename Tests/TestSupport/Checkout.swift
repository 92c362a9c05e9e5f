/// The folder of the package that the tests are of, for what is read from it: fixtures, the README, migrations.
package enum Checkout {
    /// The folder's path, without a slash at the end.
    package static let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
        .joined(separator: "/")

    /// The path of a file, named from the package's folder.
    package static func file(_ path: String) -> String { root + "/" + path }
}
