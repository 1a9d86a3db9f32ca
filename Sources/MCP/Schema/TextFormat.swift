import JSON

/// The formats that forms know.
enum TextFormat {
    /// Whether a text has a format; one that forms do not know accepts everything.
    static func accepts(_ text: String, as format: String) -> Bool {
        switch format {
        case "date": patterns.date?.matches(text) ?? true && isDay(text)
        case "date-time": patterns.moment?.matches(text) ?? true && isDay(String(text.prefix(10)))
        case "email": patterns.email?.matches(text) ?? true
        case "uri": patterns.uri?.matches(text) ?? true
        default: true
        }
    }

    private static let patterns = (
        date: LinearPattern("^[0-9]{4}-[0-9]{2}-[0-9]{2}$"),
        moment: LinearPattern(
            "^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt]([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)([.][0-9]+)?([Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$"
        ),
        email: LinearPattern(
            "^[^@\\s\"(),:;<>\\[\\]]+@[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?([.][A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$"
        ),
        uri: LinearPattern("^[A-Za-z][A-Za-z0-9+.-]*:[^\\s<>\"{}|\\\\^`]+$")
    )

    private static func isDay(_ text: String) -> Bool {
        let parts = text.split(separator: "-").compactMap { Int($0) }
        guard parts.count == 3, (1...12).contains(parts[1]) else { return false }
        let isLeap = parts[0] % 4 == 0 && (parts[0] % 100 != 0 || parts[0] % 400 == 0)
        let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return (1...days[parts[1] - 1]).contains(parts[2])
    }
}
