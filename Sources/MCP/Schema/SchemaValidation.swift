import JSON
import Telemetry

/// One check of a value against a schema.
struct SchemaValidation {
    /// Which parts of a value some schema has looked at, for the `unevaluated` keywords.
    struct Evaluated {
        var names: Set<String> = []
        var allNames = false
        var items = 0
        var positions: Set<Int> = []
        var allItems = false

        mutating func merge(_ other: Evaluated) {
            names.formUnion(other.names)
            allNames = allNames || other.allNames
            items = max(items, other.items)
            positions.formUnion(other.positions)
            allItems = allItems || other.allItems
        }
    }

    private let schema: JSONSchema
    /// The thread's working time at which the check is given up.
    private let deadline: Duration
    private var steps = 0
    private var nesting = 0
    /// The resources that are being checked with, the outermost first: where a dynamic reference looks.
    private var scope: [Int] = []
    private var isSilent = false
    private var isExhausted = false
    private(set) var mistakes: [JSONSchema.Mistake] = []

    init(_ schema: JSONSchema) {
        self.schema = schema
        deadline = ThreadTime.now + schema.limits.time
    }

    /// What a schema says of a value; `nil` if the value does not conform.
    mutating func check(_ value: JSONNode, against schema: JSONNode, at path: JSONPath) -> Evaluated? {
        if let truth = schema.bool {
            if !truth { fail(path, "is not allowed here") }
            return truth ? Evaluated() : nil
        }
        nesting += 1
        steps += 1
        defer { nesting -= 1 }
        guard let entry = self.schema.index.entries[schema.place], isWithinLimits(path) else {
            giveUp(path)
            return nil
        }
        let entersResource = scope.last != entry.resource
        if entersResource { scope.append(entry.resource) }
        defer { if entersResource { scope.removeLast() } }
        if let target = entry.reference, self.schema.index.isDraft07 { return check(value, against: target, at: path) }
        var evaluated = Evaluated()
        var isValid = checkAny(value, schema, path)
        switch value.kind {
        case .number: isValid = checkNumber(value, schema, path) && isValid
        case .string: isValid = checkText(value.string ?? "", schema, path) && isValid
        case .array: isValid = checkArray(value, schema, path, &evaluated) && isValid
        case .object: isValid = checkObject(value, schema, path, &evaluated) && isValid
        case .null, .bool: break
        }
        isValid = applyReferences(value, entry, path, &evaluated) && isValid
        isValid = applyInPlace(value, schema, path, &evaluated) && isValid
        isValid = checkUnevaluated(value, schema, path, &evaluated) && isValid
        return isValid && !isExhausted ? evaluated : nil
    }

    private func isWithinLimits(_ path: JSONPath) -> Bool {
        let limits = schema.limits
        guard !isExhausted, path.steps.count <= limits.depth, nesting <= limits.nesting else {
            return false
        }
        return !steps.isMultiple(of: 64) || ThreadTime.now < deadline
    }

    /// Ends the check: whatever else is found, the value does not conform.
    private mutating func giveUp(_ path: JSONPath) {
        guard !isExhausted else { return }
        isSilent = false
        fail(path, "is too complex to be checked")
        isExhausted = true
    }

    // MARK: References

    private func outermost(_ name: String) -> JSONNode? {
        for resource in scope {
            if let schema = schema.index.resources[resource].dynamicAnchors[name] { return schema }
        }
        return nil
    }

    private mutating func applyReferences(
        _ value: JSONNode,
        _ entry: SchemaIndex.Entry,
        _ path: JSONPath,
        _ evaluated: inout Evaluated
    ) -> Bool {
        var isValid = true
        if let target = entry.reference { isValid = require(check(value, against: target, at: path), &evaluated) }
        if let reference = entry.dynamicReference {
            // The outermost resource that has the name decides, if the reference is to a name of this kind at all.
            let target = reference.name.flatMap { outermost($0) } ?? reference.target
            isValid = require(check(value, against: target, at: path), &evaluated) && isValid
        }
        return isValid
    }

    // MARK: Whatever the value is

    private mutating func checkAny(_ value: JSONNode, _ schema: JSONNode, _ path: JSONPath) -> Bool {
        if let type = schema["type"] {
            let names = type.string.map { [$0] } ?? (type.elements ?? []).compactMap(\.string)
            guard names.contains(where: { Self.isType($0, value) }) else {
                return fail(path, "must be \(names.joined(separator: " or "))")
            }
        }
        if let choices = schema["enum"]?.elements {
            let canonical = value.canonical
            guard choices.contains(where: { $0.canonical == canonical }) else {
                let list = choices.prefix(12).map(\.raw.text).joined(separator: ", ")
                return fail(path, "must be one of \(list)")
            }
        }
        if let constant = schema["const"], constant.canonical != value.canonical {
            return fail(path, "must be \(constant.raw.text)")
        }
        return true
    }

    private static func isType(_ name: String, _ value: JSONNode) -> Bool {
        switch name {
        case "null": value.kind == .null
        case "boolean": value.kind == .bool
        case "string": value.kind == .string
        case "array": value.kind == .array
        case "object": value.kind == .object
        case "number": value.kind == .number
        case "integer": value.kind == .number && isWhole(value)
        default: false
        }
    }

    private static func isWhole(_ value: JSONNode) -> Bool {
        value.isIntegerLiteral || value.integer != nil || value.double.map { $0.rounded() == $0 } ?? false
    }

    private mutating func checkNumber(_ value: JSONNode, _ schema: JSONNode, _ path: JSONPath) -> Bool {
        guard let number = value.double else { return fail(path, "is out of range") }
        var isValid = true
        if let limit = schema["minimum"]?.double, number < limit {
            isValid = fail(path, "must be at least \(Self.text(limit))")
        }
        if let limit = schema["maximum"]?.double, number > limit {
            isValid = fail(path, "must be at most \(Self.text(limit))")
        }
        if let limit = schema["exclusiveMinimum"]?.double, number <= limit {
            isValid = fail(path, "must be more than \(Self.text(limit))")
        }
        if let limit = schema["exclusiveMaximum"]?.double, number >= limit {
            isValid = fail(path, "must be less than \(Self.text(limit))")
        }
        if let divisor = schema["multipleOf"], !Self.isMultiple(value, of: divisor) {
            isValid = fail(path, "must be a multiple of \(divisor.raw.text)")
        }
        return isValid
    }

    private static func isMultiple(_ value: JSONNode, of divisor: JSONNode) -> Bool {
        if let number = value.integer, let divisor = divisor.integer, divisor > 0 { return number % divisor == 0 }
        guard let number = value.double, let divisor = divisor.double, divisor > 0 else { return true }
        let quotient = number / divisor
        // A quotient that is out of range leaves nothing to compare but the remainder.
        guard quotient.isFinite else { return number.remainder(dividingBy: divisor) == 0 }
        return (quotient - quotient.rounded()).magnitude < 1e-9
    }

    private static func text(_ number: Double) -> String {
        number == number.rounded() && number.magnitude < 1e15 ? String(Int64(number)) : number.description
    }

    private mutating func checkText(_ text: String, _ schema: JSONNode, _ path: JSONPath) -> Bool {
        var isValid = true
        let count = text.unicodeScalars.count
        if let limit = schema["minLength"]?.integer, count < limit {
            isValid = fail(path, "must have at least \(limit) characters")
        }
        if let limit = schema["maxLength"]?.integer, count > limit {
            // What is too long need not be looked through.
            return fail(path, "must have at most \(limit) characters")
        }
        if let pattern = schema["pattern"]?.string, !matches(text, pattern, path) {
            isValid = fail(path, "must match \(pattern)")
        }
        if self.schema.checksFormats, let format = schema["format"]?.string, !TextFormat.accepts(text, as: format) {
            isValid = fail(path, "must be a \(format)")
        }
        return isValid
    }

    /// Whether a pattern is found; ends the check when there is no time to find out.
    private mutating func matches(_ text: String, _ pattern: String, _ path: JSONPath) -> Bool {
        guard let found = schema.index.patterns[pattern]?.matches(text, until: deadline) else {
            giveUp(path)
            return false
        }
        return found
    }

    // MARK: Arrays

    private mutating func checkArray(
        _ value: JSONNode,
        _ schema: JSONNode,
        _ path: JSONPath,
        _ evaluated: inout Evaluated
    ) -> Bool {
        let elements = value.elements ?? []
        var isValid = true
        if let limit = schema["minItems"]?.integer, elements.count < limit {
            isValid = fail(path, "must have at least \(limit) elements")
        }
        if let limit = schema["maxItems"]?.integer, elements.count > limit {
            isValid = fail(path, "must have at most \(limit) elements")
        }
        if schema["uniqueItems"]?.bool == true, Set(elements.map(\.canonical)).count < elements.count {
            isValid = fail(path, "must have no element twice")
        }
        // In draft-07 `items` is an array of schemas, and `additionalItems` says the rest.
        let prefix = schema["prefixItems"]?.elements ?? schema["items"]?.elements ?? []
        for (index, (element, schema)) in zip(elements, prefix).enumerated() {
            isValid = check(element, against: schema, at: path.appending(index)) != nil && isValid
        }
        evaluated.items = max(evaluated.items, min(prefix.count, elements.count))
        let rest = schema["items"].flatMap { $0.kind == .array ? schema["additionalItems"] : $0 }
        if let rest {
            for (index, element) in elements.enumerated().dropFirst(prefix.count) {
                isValid = check(element, against: rest, at: path.appending(index)) != nil && isValid
            }
            evaluated.allItems = true
        }
        return checkContains(elements, schema, path, &evaluated) && isValid
    }

    private mutating func checkContains(
        _ elements: [JSONNode],
        _ schema: JSONNode,
        _ path: JSONPath,
        _ evaluated: inout Evaluated
    ) -> Bool {
        guard let contained = schema["contains"] else { return true }
        var count = 0
        for (index, element) in elements.enumerated()
        where silently({ $0.check(element, against: contained, at: path) }) != nil {
            count += 1
            evaluated.positions.insert(index)
        }
        let least = schema["minContains"]?.integer ?? 1
        if count < least { return fail(path, "must have at least \(least) elements of the kind that is asked for") }
        if let most = schema["maxContains"]?.integer, count > most {
            return fail(path, "must have at most \(most) elements of the kind that is asked for")
        }
        return true
    }

    // MARK: Objects

    private mutating func checkObject(
        _ value: JSONNode,
        _ schema: JSONNode,
        _ path: JSONPath,
        _ evaluated: inout Evaluated
    ) -> Bool {
        let members = value.members ?? []
        var isValid = checkNames(value, members.map(\.name), schema, path)
        let patterns = schema["patternProperties"]?.members ?? []
        let properties = schema["properties"]
        let additional = schema["additionalProperties"]
        for (name, member) in members {
            var isKnown = false
            if let property = properties?[name] {
                isKnown = true
                isValid = check(member, against: property, at: path.appending(name)) != nil && isValid
            }
            for (pattern, property) in patterns where matches(name, pattern, path) {
                isKnown = true
                isValid = check(member, against: property, at: path.appending(name)) != nil && isValid
            }
            if !isKnown, let additional {
                isKnown = true
                isValid = check(member, against: additional, at: path.appending(name)) != nil && isValid
            }
            if isKnown { evaluated.names.insert(name) }
        }
        return isValid
    }

    private mutating func checkNames(
        _ value: JSONNode,
        _ names: [String],
        _ schema: JSONNode,
        _ path: JSONPath
    ) -> Bool {
        var isValid = true
        for name in (schema["required"]?.elements ?? []).compactMap(\.string) where value[name] == nil {
            isValid = fail(path.appending(name), "is missing")
        }
        if let limit = schema["minProperties"]?.integer, names.count < limit {
            isValid = fail(path, "must have at least \(limit) members")
        }
        if let limit = schema["maxProperties"]?.integer, names.count > limit {
            isValid = fail(path, "must have at most \(limit) members")
        }
        if let rule = schema["propertyNames"] {
            for name in names {
                let node = (try? JSONDocument(RawJSON(.string(name)).bytes))?.root
                if let node { isValid = check(node, against: rule, at: path.appending(name)) != nil && isValid }
            }
        }
        let dependent = self.schema.index.isDraft07 ? nil : schema["dependentRequired"]?.members
        for (name, others) in (dependent ?? []) + (schema["dependencies"]?.members ?? []) where value[name] != nil {
            for other in (others.elements ?? []).compactMap(\.string) where value[other] == nil {
                isValid = fail(path.appending(other), "is missing, for \(name) is there")
            }
        }
        return isValid
    }

    // MARK: Schemas of the same value

    private mutating func applyInPlace(
        _ value: JSONNode,
        _ schema: JSONNode,
        _ path: JSONPath,
        _ evaluated: inout Evaluated
    ) -> Bool {
        var isValid = true
        for part in schema["allOf"]?.elements ?? [] {
            isValid = require(check(value, against: part, at: path), &evaluated) && isValid
        }
        if let parts = schema["anyOf"]?.elements {
            let found = parts.compactMap { part in silently { $0.check(value, against: part, at: path) } }
            for one in found { evaluated.merge(one) }
            if found.isEmpty { isValid = fail(path, "fits none of the forms that are allowed") }
        }
        if let parts = schema["oneOf"]?.elements {
            let found = parts.compactMap { part in silently { $0.check(value, against: part, at: path) } }
            if found.count == 1 {
                evaluated.merge(found[0])
            } else {
                isValid = fail(
                    path, found.isEmpty ? "fits none of the forms that are allowed" : "fits more than one form")
            }
        }
        if let part = schema["not"], silently({ $0.check(value, against: part, at: path) }) != nil {
            isValid = fail(path, "has a form that is not allowed")
        }
        if let condition = schema["if"] {
            let found = silently { $0.check(value, against: condition, at: path) }
            if let found { evaluated.merge(found) }
            if let part = schema[found == nil ? "else" : "then"] {
                isValid = require(check(value, against: part, at: path), &evaluated) && isValid
            }
        }
        for (name, part) in dependentSchemas(schema) where value[name] != nil {
            isValid = require(check(value, against: part, at: path), &evaluated) && isValid
        }
        return isValid
    }

    /// Schemas for a value that has some member. Up to draft-07 one keyword said this and which members need others.
    private func dependentSchemas(_ schema: JSONNode) -> [(name: String, value: JSONNode)] {
        let newer = self.schema.index.isDraft07 ? nil : schema["dependentSchemas"]?.members
        let older = schema["dependencies"]?.members?.filter { $0.value.kind != .array }
        return (newer ?? []) + (older ?? [])
    }

    private mutating func checkUnevaluated(
        _ value: JSONNode,
        _ schema: JSONNode,
        _ path: JSONPath,
        _ evaluated: inout Evaluated
    ) -> Bool {
        var isValid = true
        if let rule = schema["unevaluatedProperties"], !evaluated.allNames {
            for (name, member) in value.members ?? [] where !evaluated.names.contains(name) {
                isValid = check(member, against: rule, at: path.appending(name)) != nil && isValid
            }
            evaluated.allNames = true
        }
        if let rule = schema["unevaluatedItems"], !evaluated.allItems {
            for (index, element) in (value.elements ?? []).enumerated().dropFirst(evaluated.items)
            where !evaluated.positions.contains(index) {
                isValid = check(element, against: rule, at: path.appending(index)) != nil && isValid
            }
            evaluated.allItems = true
        }
        return isValid
    }

    // MARK: Parts

    private func require(_ found: Evaluated?, _ evaluated: inout Evaluated) -> Bool {
        guard let found else { return false }
        evaluated.merge(found)
        return true
    }

    /// Runs a check whose mistakes are not the value's.
    private mutating func silently(_ body: (inout SchemaValidation) -> Evaluated?) -> Evaluated? {
        let wasSilent = isSilent
        isSilent = true
        defer { isSilent = wasSilent }
        return body(&self)
    }

    @discardableResult
    private mutating func fail(_ path: JSONPath, _ message: String) -> Bool {
        if !isSilent, !isExhausted, mistakes.count < schema.limits.mistakes {
            mistakes.append(JSONSchema.Mistake(path: path, message: message))
        }
        return false
    }
}
