import JSON

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

extension ToolAnswer {
    /// The same for a credential in lockdown: of text that people outside the workspace wrote, only the places are left.
    package var withoutUntrustedText: ToolAnswer {
        guard let content = (try? JSONDocument(structured.bytes))?.root.value,
            let paths = content["untrusted_fields"]
        else { return self }
        guard case .array(let elements) = paths else { return self }
        var count: Int64 = 0
        var withheld = content
        for path in elements.compactMap(\.string) {
            let steps = path.replacing("[]", with: ".[]").split(separator: ".").map(String.init)
            withheld = Untrusted.withholding(withheld, steps[...], &count)
        }
        if count > 0, case .object(let members) = withheld {
            withheld = .object(members + [JSONMember("withheld", .integer(count))])
        }
        let answer = ToolAnswer(RawJSON(withheld), in: format)
        return tool.map(answer.given(by:)) ?? answer
    }
}

extension Untrusted {
    /// What stands in the place of a text.
    package static let withheld = "[withheld under lockdown]"

    /// A value without the texts at a path; everything else keeps its form.
    fileprivate static func withholding(_ value: JSONValue, _ path: ArraySlice<String>, _ count: inout Int64)
        -> JSONValue
    {
        switch value {
        case .string(let text) where path.isEmpty && !text.isEmpty:
            count += 1
            return .string(withheld)
        case .array(let elements):
            let rest = path.first == "[]" ? path.dropFirst() : path
            return .array(elements.map { withholding($0, rest, &count) })
        case .object(let members):
            return .object(
                members.map { member in
                    guard let step = path.first else {
                        return JSONMember(member.name, withholding(member.value, path, &count))
                    }
                    return member.name == step
                        ? JSONMember(member.name, withholding(member.value, path.dropFirst(), &count)) : member
                })
        default: return value
        }
    }
}
