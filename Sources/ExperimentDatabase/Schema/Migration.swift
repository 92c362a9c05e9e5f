import CExperimentMigrations
import Experimentation

/// One numbered script of the folder Migrations.
package struct Migration: Sendable {
    /// Number of the script, with which its file name begins; the file's `user_version` after the script.
    package let version: Int32
    /// The script's file name.
    package let name: String
    package let sql: String

    package init(version: Int32, name: String, sql: String) {
        self.version = version
        self.name = name
        self.sql = sql
    }

    /// The script's fingerprint: a landed script is never edited, and this tells when one was.
    package var checksum: String {
        let digits = String(DefaultHash(sql).fmix64, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// Scripts that this library knows, in order and without a gap; a new file begins with the first.
    package static let all: [Migration] = {
        var migrations: [Migration] = []
        while let entry = experiment_migration_at(Int32(migrations.count)) {
            let name = String(cString: entry.pointee.name)
            migrations.append(
                Migration(
                    version: Int32(name.prefix { $0 != "_" }) ?? 0, name: name,
                    sql: String(cString: entry.pointee.sql)))
        }
        return migrations
    }()
}
