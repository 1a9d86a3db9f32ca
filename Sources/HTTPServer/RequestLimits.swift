/// The sizes within one request that the parser accepts.
package struct RequestLimits: Sendable {
    /// Bytes of the target; above it 414.
    package var maxTargetBytes = 8 << 10
    /// Bytes of all field lines, line ends included; above it 431. A trailer has the same limit for itself.
    package var maxHeaderBytes = 32 << 10
    /// Fields; above it 431. A trailer has the same limit for itself.
    package var maxHeaderCount = 100
    /// Bytes of the body, by declaration or by count; above it 413.
    package var maxBodyBytes = 4 << 20
    /// Bytes of all extensions of a body's chunks; above it 400.
    package var maxChunkExtensionBytes = 4 << 10

    /// Takes the defaults.
    package init() {}
}
