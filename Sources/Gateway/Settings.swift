/// The values of all settings, from flags first, then the environment, then the defaults; checked as they are read.
package struct Settings: Sendable {
    private let values: [Setting: String]

    /// Collects and checks the values.
    ///
    /// - Parameters:
    ///   - flags: By name without hyphens.
    ///   - environment: By variable. `VARIABLE_FILE` names a file that holds the value of a secret.
    ///   - readFile: Returns a file's text, or `nil`.
    /// - Throws: ``ConfigurationError`` with every mistake at once.
    package init(
        flags: [String: String],
        environment: [String: String],
        readFile: (String) -> String?
    ) throws(ConfigurationError) {
        var values: [Setting: String] = [:]
        var mistakes: [String] = []
        for setting in Setting.all {
            // A variable that is set to nothing is not set: compose files pass on what is missing in this way.
            var text = flags[setting.name] ?? environment[setting.variable].flatMap { $0.isEmpty ? nil : $0 }
            var source = flags[setting.name] == nil ? setting.variable : "--\(setting.name)"
            if text == nil, setting.form == .secret, let path = environment[setting.variable + "_FILE"] {
                text = readFile(path).map { String($0.drop(while: \.isWhitespace)) }
                source = setting.variable + "_FILE"
                if text == nil { mistakes.append("\(source): the file \(path) cannot be read.") }
            }
            guard let text = text?.trimmed, !text.isEmpty else {
                values[setting] = setting.standard
                continue
            }
            if let mistake = setting.form.mistake(in: text) {
                mistakes.append("\(source) \(mistake)")
            } else {
                values[setting] = text
            }
        }
        guard mistakes.isEmpty else { throw ConfigurationError(mistakes) }
        self.values = values
    }

    /// Variables that look like settings and are none; most likely somebody mistyped one.
    package static func unknownVariables(in environment: [String: String]) -> [String] {
        let known = Set(Setting.all.flatMap { [$0.variable, $0.variable + "_FILE"] } + ["WORKPORT_DATA"])
        return environment.keys.filter { $0.hasPrefix("WORKPORT_") && !known.contains($0) }.sorted()
    }

    package func text(_ setting: Setting) -> String? {
        guard let text = values[setting], !text.isEmpty else { return nil }
        return text
    }

    package func integer(_ setting: Setting) -> Int? { values[setting].flatMap { Int($0) } }

    package func seconds(_ setting: Setting) -> Duration? {
        values[setting].flatMap { Double($0) }.map { Duration.seconds($0) }
    }

    package func list(_ setting: Setting) -> [String] {
        (values[setting] ?? "").split(separator: ",").map { String($0).trimmed }.filter { !$0.isEmpty }
    }

    package func urls(_ setting: Setting) -> [String] {
        (values[setting] ?? "").split(whereSeparator: \.isWhitespace).map(String.init)
    }

    /// A value that a command cannot do without.
    package func needed(_ setting: Setting) throws(ConfigurationError) -> String {
        guard let text = text(setting) else {
            let flag = setting.form == .secret ? "\(setting.variable)_FILE" : "--\(setting.name)"
            throw ConfigurationError(["\(setting.variable) is not set (or \(flag)). \(setting.meaning)."])
        }
        return text
    }
}

/// Settings that cannot be used; every mistake with what would be accepted.
package struct ConfigurationError: Error, Sendable {
    package let mistakes: [String]

    package init(_ mistakes: [String]) { self.mistakes = mistakes }

    package var message: String { mistakes.joined(separator: "\n") }
}

extension Setting.Form {
    /// What is wrong with a text and what would be accepted; `nil` if nothing is. Secrets are not repeated.
    fileprivate func mistake(in text: String) -> String? {
        switch self {
        case .text, .list, .secret: nil
        case .databaseURL:
            text.isDatabaseURL || text.contains("=")
                ? nil : "is no URL of a database; it can be postgresql://user:password@host:port/database."
        case .databaseURLs:
            text.split(whereSeparator: \.isWhitespace).allSatisfy { String($0).isDatabaseURL }
                ? nil
                : "has something that is no URL of a database; it can be postgresql://user:password@host:port/database, "
                    + "and more of them behind blanks."
        case .integer(let range):
            Int(text).map(range.contains) == true
                ? nil : "is \(text); it can be a whole number from \(range.lowerBound) to \(range.upperBound)."
        case .seconds(let range):
            Double(text).map(range.contains) == true
                ? nil : "is \(text); it can be \(range.lowerBound) to \(range.upperBound) seconds."
        case .choice(let words):
            words.contains(text) ? nil : "is \(text); it can be \(words.joined(separator: ", "))."
        }
    }
}

extension String {
    fileprivate var isDatabaseURL: Bool { hasPrefix("postgresql://") || hasPrefix("postgres://") }

    /// Without blanks and line ends at both ends.
    var trimmed: String {
        var rest = self[...]
        while rest.first?.isWhitespace == true { rest.removeFirst() }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }
}
