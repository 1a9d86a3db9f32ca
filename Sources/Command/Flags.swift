import Gateway

/// A command line, taken apart: flags by name, switches, and the words that are neither.
struct Flags {
    private(set) var values: [String: String] = [:]
    private(set) var switches: Set<String> = []
    private(set) var operands: [String] = []

    init() {}

    /// Reads what follows a command's words.
    ///
    /// - Throws: ``UsageError`` for a flag that the command does not have, or one without its value.
    init(_ words: [String], for command: Subcommand) throws(UsageError) {
        var rest = words[...]
        while let word = rest.popFirst() {
            guard word.hasPrefix("--"), word != "--" else {
                operands.append(word)
                continue
            }
            let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts[0])
            let option = command.options.first { $0.name == name }
            let setting = command.settings.first { $0.name == name }
            if let setting, setting.form == .secret {
                throw UsageError(
                    "--\(name) is a secret and would show in the list of processes; set \(setting.variable) or "
                        + "\(setting.variable)_FILE instead."
                )
            }
            if let option, option.value == nil {
                guard parts.count == 1 else { throw UsageError("--\(name) takes no value.") }
                switches.insert(name)
                continue
            }
            guard option != nil || setting != nil else {
                throw UsageError("`workport \(command.name)` has no flag --\(name); --help lists its flags.")
            }
            guard let value = parts.count == 2 ? String(parts[1]) : rest.popFirst() else {
                throw UsageError("--\(name) needs a value behind it.")
            }
            values[name] = value
        }
    }

    func has(_ name: String) -> Bool { switches.contains(name) }

    func text(_ name: String) -> String? { values[name] }

    /// A flag that the command cannot do without.
    func needed(_ name: String) throws(UsageError) -> String {
        guard let value = values[name] else { throw UsageError("--\(name) is needed.") }
        return value
    }

    /// A whole number in a range.
    func integer(_ name: String, _ range: ClosedRange<Int>) throws(UsageError) -> Int? {
        guard let text = values[name] else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw UsageError(
                "--\(name) is \(text); it can be a whole number from \(range.lowerBound) to \(range.upperBound)."
            )
        }
        return number
    }

    /// Words separated by commas; `all` and the empty text are the empty list.
    func list(_ name: String) -> [String]? {
        values[name].map { text in
            text == "all"
                ? [] : text.split(separator: ",").map { $0.filter { !$0.isWhitespace } }.filter { !$0.isEmpty }
        }
    }

    /// A name that fits a line: not empty, at most 200 characters, no controls.
    func name(_ name: String) throws(UsageError) -> String? {
        guard let text = values[name] else { return nil }
        let isPrintable = text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
        guard text.contains(where: { !$0.isWhitespace }), text.count <= 200, isPrintable else {
            throw UsageError("--\(name) can be 1 to 200 characters on one line.")
        }
        return text
    }

    /// Two letters that name a country.
    func country(_ name: String) throws(UsageError) -> String? {
        guard let text = values[name]?.uppercased() else { return nil }
        guard text.utf8.count == 2, text.utf8.allSatisfy({ (65...90).contains($0) }) else {
            throw UsageError("--\(name) is \(text); it can be two letters such as US or DE.")
        }
        return text
    }

    /// One of some words.
    func choice(_ name: String, _ words: [String]) throws(UsageError) -> String? {
        guard let text = values[name] else { return nil }
        guard words.contains(text) else {
            throw UsageError("--\(name) is \(text); it can be \(words.joined(separator: ", ")).")
        }
        return text
    }

    /// `on` or `off`.
    func toggle(_ name: String) throws(UsageError) -> Bool? {
        switch values[name] {
        case nil: nil
        case "on", "true", "yes": true
        case "off", "false", "no": false
        case let text?: throw UsageError("--\(name) is \(text); it can be on or off.")
        }
    }

    /// The settings that the flags, the environment and the defaults give.
    func settings() throws -> Settings {
        for name in Settings.unknownVariables(in: Process.environment) {
            Terminal.note("\(name) is not a setting; `workport --help` lists them.")
        }
        return try Settings(flags: values, environment: Process.environment, readFile: Files.text)
    }
}
