package import SystemPackage

extension FileDescriptor {
    /// Lets those use a new file who may use another one, and nobody else, whatever the umask: by that one's mode and group.
    ///
    /// Best effort: where it fails, the file stays as it was made, which should be for its owner alone.
    /// - Parameters:
    ///   - original: The other one.
    ///   - mask: What is allowed at most.
    ///   - isFolder: Whether the new file is a folder, which its readers must be able to enter.
    package func share(
        as original: Stat, within mask: FilePermissions = FilePermissions(mode: 0o666), isFolder: Bool = false
    ) {
        // Whom the other one's group lets read, another group would not.
        let isSameGroup = (try? setOwner(nil, group: original.groupID.rawValue)) != nil
        let all = FilePermissions(mode: isSameGroup ? 0o666 : 0o606)
        let mode = original.permissions.intersection(all).intersection(mask).union(.ownerReadWrite)
        let entering = FilePermissions(rawValue: mode.rawValue >> 2 & 0o111)
        try? setPermissions(isFolder ? mode.union(entering) : mode)
    }
}
