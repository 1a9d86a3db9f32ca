import Catalog
import Identity
import Tools

/// Permissions and toolsets as operators name them.
enum CredentialWords {
    /// What `--permissions` says: names, `read_*` for all that only reads, or the empty list for `all`.
    static func permissions(_ flags: Flags) throws(UsageError) -> [String]? {
        guard let words = flags.list("permissions") else { return nil }
        var names: [String] = []
        for word in words {
            let found = word == "read_*" ? Permission.all.filter(\.isReading) : [Permission(word)].compactMap(\.self)
            guard !found.isEmpty else {
                let known = Permission.all.map(\.name).joined(separator: ", ")
                throw UsageError("There is no permission \(word); it can be all, read_*, or of: \(known).")
            }
            names += found.map(\.name).filter { !names.contains($0) }
        }
        return names
    }

    /// What `--features` says: names of toolsets, or the empty list for `all`.
    static func features(_ flags: Flags) throws(UsageError) -> [String]? {
        let names = flags.list("features")
        let known =
            Catalog.toolsetNames + WorkestraTools.groups.map(\.name).filter { !Catalog.toolsetNames.contains($0) }
        if let unknown = names?.first(where: { !known.contains($0) }) {
            throw UsageError("There is no toolset \(unknown); it can be all, or of: \(known.joined(separator: ", ")).")
        }
        return names
    }

    /// What `--confirm` says.
    static func confirmation(_ flags: Flags) throws(UsageError) -> ConfirmationMode? {
        try flags.choice("confirm", ConfirmationMode.allCases.map(\.rawValue)).flatMap(ConfirmationMode.init(rawValue:))
    }

    /// What `--per-minute`, `--per-hour`, `--per-month` and `--sensitive-per-minute` say.
    static func limits(_ flags: Flags) throws(UsageError) -> CallLimitWishes {
        var wishes = CallLimitWishes()
        wishes.perMinute = try limit(flags, "per-minute")
        wishes.perHour = try limit(flags, "per-hour")
        wishes.perMonth = try limit(flags, "per-month")
        wishes.sensitivePerMinute = try limit(flags, "sensitive-per-minute")
        return wishes
    }

    private static func limit(_ flags: Flags, _ name: String) throws(UsageError) -> CallLimit? {
        switch flags.text(name) {
        case nil: return nil
        case "standard": return .standard
        case "none": return CallLimit.none
        case let text?:
            guard let count = Int(text), (1...1_000_000_000).contains(count) else {
                throw UsageError("--\(name) is \(text); it can be 1 to 1000000000, none or standard.")
            }
            return .calls(count)
        }
    }

    /// What `--profile` says.
    static func profile(_ flags: Flags) throws(UsageError) -> Profile? {
        try flags.choice("profile", Profile.allCases.map(\.rawValue)).flatMap(Profile.init(rawValue:))
    }
}
