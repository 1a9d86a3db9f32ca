/// Text that somebody outside the workspace wrote.
package enum Untrusted {
    /// Removes what a reader cannot see: controls but line feeds and tabs, format and direction marks, tag characters,
    /// unassigned and private characters. Line ends become line feeds.
    package static func cleaned(_ text: String) -> String {
        var kept = String.UnicodeScalarView()
        var previous: Unicode.Scalar = " "
        for scalar in text.unicodeScalars {
            defer { previous = scalar }
            if scalar == "\r" {
                kept.append("\n")
                continue
            }
            if scalar == "\n" {
                if previous != "\r" { kept.append(scalar) }
                continue
            }
            if scalar == "\t" || isVisible(scalar) { kept.append(scalar) }
        }
        return String(kept)
    }

    private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        // Joiners shape letters in many scripts and emoji; they hide nothing by themselves.
        if scalar == "\u{200D}" || scalar == "\u{200C}" { return true }
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: return false
        default: return true
        }
    }
}
