import Tools

extension Page {
    /// The page of a kind of row: its fields, what lists are narrowed and sorted by, what belongs to it.
    static func entity(_ entity: Entity) -> Page {
        let tools = Catalog.registry.tools.filter { $0.entity?.name == entity.name }
        let links = tools.map { "[`\($0.name)`](../Toolsets/\($0.toolset).md)" }.joined(separator: ", ")
        return Page(
            "Entities/\(entity.name).md",
            [
                "# `\(entity.name)`", entity.meaning,
                facts(entity, links),
                "## Fields",
                Markdown.table(
                    ["field", "kind", "given", "in lists", "filter", "meaning"], entity.fields.map { row($0) }),
            ] + entity.fields.flatMap(lines) + filters(entity) + [
                "## Orders",
                "Every order ends with the identifier, so pages neither lose nor repeat rows.",
                Markdown.table(
                    ["sort", "first"],
                    entity.orders.enumerated().map { place, order in
                        [
                            Markdown.code(order.name) + (place == 0 ? " (standard)" : ""),
                            order.isDescending ? "the largest" : "the smallest",
                        ]
                    }),
            ] + relations(entity) + search(entity)
        )
    }

    private static func facts(_ entity: Entity, _ links: String) -> String {
        var facts = [("Identifiers", Markdown.code(entity.prefix + "_…")), ("Table", Markdown.code(entity.table))]
        if let number = entity.number {
            let counting = entity.counting.map { ", counted by the workspace as `\($0)0001`" } ?? ""
            facts.append(("Number", "people know rows by `\(number)`\(counting)"))
        }
        facts.append(
            ("Deleting", entity.isSoftlyDeleted ? "softly; `undo_action` brings a row back within seven days" : "never")
        )
        if entity.isArchived { facts.append(("Archiving", "archived rows are in lists only with `include_archived`")) }
        facts.append(("Tools", links.isEmpty ? "none that are made from it" : links))
        if !entity.untrusted.isEmpty {
            facts.append(("Written by outsiders", Markdown.codes(entity.untrusted.map(\.text))))
        }
        return facts.map { "- **\($0)**: \($1)" }.joined(separator: "\n")
    }

    private static func row(_ field: Field, in path: String = "") -> [String] {
        [
            Markdown.code(path + field.name), kind(field), given(field), field.isListed ? "yes" : "",
            field.isFiltered ? "yes" : "", field.meaning,
        ]
    }

    private static func kind(_ field: Field) -> String {
        switch field.kind {
        case .text(let maximum): "text of at most \(maximum) characters"
        case .choice(let words): Markdown.codes(words)
        case .integer(let range): "whole number, \(range.lowerBound) to \(range.upperBound)"
        case .decimal(let places): "number with at most \(places) decimals"
        case .money: "`amount` in whole minor units and `currency`"
        // Some kinds of rows are named by others and have no tools, and so no page.
        case .reference(let entity):
            Catalog.entities[entity().name] == nil
                ? entity().words : "[\(entity().name)](\(entity().name).md)"
        case .lines: "lines, see below"
        default: field.word
        }
    }

    private static func given(_ field: Field) -> String {
        switch field.access {
        case .computed: "computed"
        case .later: "later"
        case .fixed: field.isRequired ? "required, then fixed" : "once"
        case .open: field.isRequired ? "required" : field.isKept ? "never emptied" : "optional"
        }
    }

    /// The fields of the rows that a field holds.
    private static func lines(_ field: Field) -> [String] {
        guard case .lines(let lines) = field.kind else { return [] }
        return [
            "### `\(field.name)`", "At most \(Lines.bound), in order; a write that gives them replaces all of them.",
            Markdown.table(
                ["field", "kind", "given", "meaning"],
                lines.fields.map { part in
                    let row = row(part, in: field.name + "[].")
                    return [row[0], row[1], row[2], row[5]]
                }),
        ]
    }

    private static func filters(_ entity: Entity) -> [String] {
        [
            "## Filters",
            Markdown.table(
                ["parameter", "kind"],
                RowFilters.parameters(of: entity).map { [Markdown.code($0.name), $0.kind.words] }),
        ]
    }

    private static func relations(_ entity: Entity) -> [String] {
        guard !entity.relations.isEmpty else { return [] }
        return [
            "## Relations",
            Markdown.table(
                ["relation", "in a record"],
                entity.relations.map {
                    [Markdown.code($0.name), $0.isAlwaysIncluded ? "always" : "where `include` names it"]
                }),
        ]
    }

    private static func search(_ entity: Entity) -> [String] {
        guard let search = entity.search else { return [] }
        let texts = search.texts.map { [Markdown.code($0.field), "\($0.role)"] }
        let numbers = search.phones.map { [Markdown.code($0), "phone number"] }
        let addresses = search.emails.map { [Markdown.code($0), "e-mail address"] }
        return ["## Search", Markdown.table(["found by", "compared as"], texts + numbers + addresses)]
    }
}
