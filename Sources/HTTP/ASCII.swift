/// The classes of bytes that the grammar of HTTP is made of (RFC 9110 section 5.6, RFC 3986 section 2).
package enum ASCII {
    /// `\t`
    package static var tab: UInt8 { 0x09 }
    /// `\n`
    package static var lineFeed: UInt8 { 0x0A }
    /// `\r`
    package static var carriageReturn: UInt8 { 0x0D }
    /// A blank.
    package static var space: UInt8 { 0x20 }
    /// `:`
    package static var colon: UInt8 { 0x3A }

    /// Whether a byte may be part of a token: a method or a field's name.
    @inline(__always)
    package static func isToken(_ byte: UInt8) -> Bool {
        // One bit a byte: the sets "!#$%&'*+-.0-9" and "A-Z^_`a-z|~".
        let bits: UInt64 = byte < 64 ? 0x03FF_6CFA_0000_0000 : 0x57FF_FFFF_C7FF_FFFE
        return byte < 128 && (bits >> UInt64(byte & 63)) & 1 == 1
    }

    /// Whether a byte may be part of a field's value: no controls but the tab; bytes above 127 are checked as UTF-8.
    @inline(__always)
    package static func isFieldContent(_ byte: UInt8) -> Bool {
        byte >= 0x20 ? byte != 0x7F : byte == tab
    }

    /// Whether a byte is a decimal digit.
    @inline(__always)
    package static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

    /// Whether a byte is a letter or a decimal digit.
    @inline(__always)
    package static func isAlphanumeric(_ byte: UInt8) -> Bool { isDigit(byte) || (byte | 0x20) &- 0x61 < 26 }

    /// The small letter for a capital one, any other byte unchanged.
    @inline(__always)
    package static func lowercased(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }

    /// The value of a hexadecimal digit.
    @inline(__always)
    package static func hexValue(_ byte: UInt8) -> UInt8? {
        if isDigit(byte) { return byte &- 0x30 }
        let letter = (byte | 0x20) &- 0x61
        return letter < 6 ? letter + 10 : nil
    }
}
