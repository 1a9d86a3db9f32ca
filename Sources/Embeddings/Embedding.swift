/// What a text means, as a direction: near for texts that mean nearly the same.
package struct Embedding: Sendable, Equatable {
    /// As many for every text of a model; finite, and not all zero.
    package let numbers: [Float]

    /// - Returns: `nil` for numbers that are no direction.
    package init?(_ numbers: [Float]) {
        guard !numbers.isEmpty, numbers.allSatisfy(\.isFinite), numbers.contains(where: { $0 != 0 }) else { return nil }
        self.numbers = numbers
    }

    /// The numbers as PostgreSQL reads a `real[]`.
    package var literal: String { "{" + numbers.map(\.description).joined(separator: ",") + "}" }
}
