/// What a caller wants to see less of, in one request or for all of a credential's.
///
/// A selection only takes away: of two that name the same kind of thing, what both leave in stays.
package struct Selection: Sendable, Hashable {
    /// Names of toolsets, one set for each place that named some.
    package var toolsets: Set<Set<String>> = []
    /// Names of tools, one set for each place that named some.
    package var tools: Set<Set<String>> = []
    /// Names of tools that are left out.
    package var excluded: Set<String> = []
    package var readOnly = false
    package var lockdown = false

    package init() {}

    package var isEmpty: Bool { self == Selection() }
}
