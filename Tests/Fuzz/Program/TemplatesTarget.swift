import MCP

extension FuzzTarget {
    /// Patterns of addresses: a pattern on the first line, an address on the second, values for the variables behind.
    static let templates = FuzzTarget("templates") { bytes in
        let (lines, rest) = bytes.lines(2)
        guard let template = URITemplate(lines[0].text) else { return }
        let address = lines[1].text
        if let values = template.match(address) {
            require(Set(values.keys) == Set(template.variables), "\(values) lacks a variable")
            require(expand(lines[0].text, values) == address, "\(values) do not give \(address)")
        }
        let given = rest.split(separator: UInt8(ascii: "\n")).map { Array($0).text }.filter { isValue($0) }
        guard given.count >= template.variables.count, Set(template.variables).count == template.variables.count else {
            return
        }
        let values = Dictionary(uniqueKeysWithValues: zip(template.variables, given))
        let expanded = expand(lines[0].text, values)
        guard !lines[0].text.contains("}{") else { return }
        let found = require(template.match(expanded), "\(expanded) does not follow \(lines[0].text)")
        require(expand(lines[0].text, found) == expanded, "\(found) do not give \(expanded)")
    }

    private static func isValue(_ text: String) -> Bool {
        !text.isEmpty && !text.utf8.contains { "/?#".utf8.contains($0) }
    }

    private static func expand(_ template: String, _ values: [String: String]) -> String {
        var result = ""
        var rest = template[...]
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            result += rest[..<open] + (values[String(rest[rest.index(after: open)..<close])] ?? "")
            rest = rest[rest.index(after: close)...]
        }
        return result + rest
    }
}
