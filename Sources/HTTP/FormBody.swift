/// Names and values as a query or an `application/x-www-form-urlencoded` body holds them.
package struct FormBody: Sendable, Equatable {
    /// One pair, decoded.
    package struct Item: Sendable, Equatable {
        /// The name; may be empty.
        package let name: String
        /// The value; empty if there was no `=`.
        package let value: String

        /// Takes a decoded pair.
        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// The pairs in their order, repeated names included.
    package let items: [Item]

    /// Reads `a=1&b=2`.
    ///
    /// A pair that is malformed (a cut-off escape, bytes that are no UTF-8) is refused with the whole form: a reader
    /// must not act on half of what was sent.
    package init?(_ bytes: some Collection<UInt8>) {
        var items: [Item] = []
        for pair in bytes.split(separator: UInt8(ascii: "&")) {
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentEncoding.decode(parts[0], plusIsBlank: true),
                let value = parts.count == 2 ? PercentEncoding.decode(parts[1], plusIsBlank: true) : ""
            else { return nil }
            items.append(Item(name: name, value: value))
        }
        self.items = items
    }

    /// The first value under a name, compared exactly.
    package func first(_ name: String) -> String? { items.first { $0.name == name }?.value }

    /// Every value under a name, in order.
    package func all(_ name: String) -> [String] { items.filter { $0.name == name }.map(\.value) }
}
