import SystemPackage

/// A command line of a shell with a limit of time, which ends with all that it began.
///
/// The processes are a group of their own. Where this process ends first, however that comes, a pipe that it held is closed;
/// a guard beside the command reads that, and ends the group.
package enum ShellCommand {
    /// The way in which the command ended.
    package enum Ending: Equatable {
        /// The command's exit status, 127 where the shell knows no such command; nil where a signal ended the command.
        case status(Int?)
        /// The command was ended, since its time was over.
        case timeOver
    }

    /// The time in seconds that a group that was asked to end may take to do so.
    private static let grace = 2

    /// Runs a command line, and waits for its end; blocks.
    /// - Parameters:
    ///   - line: The command line; its own standard input is empty where it does not say another.
    ///   - limit: How long it may take.
    /// - Returns: How it ended.
    /// - Throws: The system's reason where no process can be made.
    package static func run(_ line: String, limit: Duration) throws -> Ending {
        let pipe = try FileDescriptor.pipe()
        defer { try? pipe.writeEnd.close() }
        let group = try start(line, pipe.readEnd, pipe.writeEnd)
        let terminal = try? FileDescriptor.open("/dev/tty", .readWrite, options: [.closeOnExec])
        defer { try? terminal?.close() }
        terminal?.giveTerminal(to: group)
        defer { terminal?.giveTerminal(to: group, back: true) }
        let clock = ContinuousClock()
        let end = clock.now + limit
        var pause = Duration.milliseconds(1)
        while clock.now < end {
            let ending = ThisProcess.ending(of: group)
            if ending.isOver { return .status(ending.status) }
            ThisProcess.sleep(for: min(pause, max(.zero, end - clock.now)))
            pause = min(pause * 2, .milliseconds(50))
        }
        ThisProcess.end(group: group, atOnce: false)
        let last = clock.now + .seconds(grace)
        while clock.now < last, !ThisProcess.ending(of: group).isOver { ThisProcess.sleep(for: .milliseconds(20)) }
        ThisProcess.end(group: group, atOnce: true)
        return .timeOver
    }

    private static func start(
        _ line: String, _ readEnd: FileDescriptor, _ writeEnd: FileDescriptor
    ) throws -> Int32 {
        defer { try? readEnd.close() }
        // The shell waits for the command, also when it is asked to end; its guard does for who does not end.
        return try ThisProcess.startShell(
            """
            trap : TERM
            exec 3<&0 </dev/null
            (trap '' TERM; read -r word <&3; kill -TERM 0; sleep \(grace); kill -KILL 0) 2>/dev/null &
            guard=$!
            ( \(line) ) 3<&-
            status=$?
            kill -KILL $guard
            exit $status
            """, readEnd, not: writeEnd)
    }
}
