import Foundation

/// A program that a test starts beside itself.
enum ChildProgram {
    struct Outcome {
        let status: Int32
        let output: String
        let errors: String
    }

    /// Where the repository is.
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// The program that is served.
    static var workport: URL {
        get throws { try built("workport") }
    }

    /// A program of this build, which stands beside the tests' own.
    static func built(_ name: String) throws -> URL {
        let here = URL(filePath: try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
        let candidates = [
            here.deletingLastPathComponent().appending(path: name), root.appending(path: ".build/debug/\(name)"),
        ]
        guard let found = candidates.first(where: { FileManager.default.isExecutableFile(atPath: $0.path) }) else {
            throw WireClient.Failure(description: "\(name) is not built; run the tests with `make test`.")
        }
        return found
    }

    /// The interpreter with the clients of `Tests/requirements.txt`.
    static var python: URL {
        get throws {
            guard let path = ProcessInfo.processInfo.environment["WORKPORT_TEST_PYTHON"],
                FileManager.default.isExecutableFile(atPath: path)
            else {
                throw WireClient.Failure(
                    description:
                        "WORKPORT_TEST_PYTHON names no interpreter with the Python clients; run the tests with "
                        + "`make test`, which makes one."
                )
            }
            return URL(filePath: path)
        }
    }

    /// Runs a program to its end.
    static func run(
        _ program: URL,
        _ arguments: [String],
        environment: [String: String] = [:],
        input: Data = Data()
    ) throws -> Outcome {
        let child = try start(program, arguments, environment: environment, input: input)
        return child.wait()
    }

    /// Starts a program and returns while it runs.
    ///
    /// - Parameter keepsInputOpen: Whether its input ends with the object instead of at once.
    static func start(
        _ program: URL,
        _ arguments: [String],
        environment: [String: String] = [:],
        input: Data = Data(),
        keepsInputOpen: Bool = false
    ) throws -> Running {
        let running = try Running(program, arguments, environment)
        try running.write(input, andCloses: !keepsInputOpen)
        return running
    }

    /// A program that runs.
    final class Running {
        private let process = Process()
        private let source = Pipe()
        private let output = Pipe()
        private let errors = FileManager.default.temporaryDirectory.appending(
            path: "workport-test-\(UUID().uuidString)")

        fileprivate init(_ program: URL, _ arguments: [String], _ environment: [String: String]) throws {
            _ = FileManager.default.createFile(atPath: errors.path, contents: nil)
            process.executableURL = program
            process.arguments = arguments
            // Nothing of this process's own settings but where programs are found.
            process.environment = environment.merging(["PATH": "/usr/local/bin:/usr/bin:/bin"]) { given, _ in given }
            process.standardInput = source
            process.standardOutput = output
            process.standardError = try FileHandle(forWritingTo: errors)
            try process.run()
        }

        fileprivate func write(_ input: Data, andCloses isLast: Bool) throws {
            try source.fileHandleForWriting.write(contentsOf: input)
            if isLast { try source.fileHandleForWriting.close() }
        }

        deinit {
            if process.isRunning { process.terminate() }
            try? FileManager.default.removeItem(at: errors)
        }

        /// What it has written to standard error so far.
        var errorText: String { (try? String(contentsOf: errors, encoding: .utf8)) ?? "" }

        var isRunning: Bool { process.isRunning }

        /// Its process id.
        var id: Int32 { process.processIdentifier }

        /// The first line that it writes to standard output, or what it wrote until it ended.
        func firstLine() -> String {
            var line: [UInt8] = []
            while let byte = try? output.fileHandleForReading.read(upToCount: 1)?.first, byte != UInt8(ascii: "\n") {
                line.append(byte)
            }
            return String(decoding: line, as: UTF8.self)
        }

        /// Asks it to end (SIGTERM).
        func terminate() { process.terminate() }

        /// Reads its standard output to the end and waits for it.
        func wait() -> Outcome {
            let text = (try? output.fileHandleForReading.readToEnd()) ?? Data()
            process.waitUntilExit()
            return Outcome(
                status: process.terminationStatus, output: String(decoding: text, as: UTF8.self), errors: errorText
            )
        }
    }
}
