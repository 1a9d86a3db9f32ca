/// The 63 tools of Workestra in its 13 feature groups, under its names.
///
/// A credential of that profile sees exactly these, as far as they are built; a group's name is a feature there. Its
/// groups are not the toolsets in which the tools stand here.
package enum WorkestraTools {
    package static let groups: [(name: String, tools: [String])] = [
        ("contacts", ["search_contacts", "get_contact", "create_contact", "update_contact", "delete_contact"]),
        ("deals", ["list_deals", "get_deal", "create_deal", "update_deal", "get_pipeline_summary"]),
        ("companies", ["search_companies", "get_company", "create_company", "update_company"]),
        ("activities", ["list_activities", "get_activity", "create_activity", "complete_activity"]),
        ("pipeline", ["list_pipeline_stages", "get_crm_dashboard"]),
        (
            "invoicing",
            ["list_invoices", "get_invoice", "create_invoice", "get_invoice_stats", "list_products", "get_product"]
        ),
        ("tickets", ["list_tickets", "get_ticket", "create_ticket", "update_ticket"]),
        ("projects", ["list_projects", "get_project", "list_tasks", "create_task", "update_task", "search_all"]),
        (
            "analytics",
            [
                "get_pipeline_analytics", "get_revenue_metrics", "get_sales_forecast", "get_support_metrics",
                "get_expense_summary", "get_invoice_aging",
            ]
        ),
        (
            "recruiting",
            [
                "list_jobs", "get_job", "list_candidates", "get_candidate", "update_application_status",
                "get_recruiting_metrics",
            ]
        ),
        (
            "knowledge",
            [
                "search_knowledge_base", "get_document", "list_knowledge_base", "get_ai_suggestions",
                "acknowledge_suggestion",
            ]
        ),
        ("quotations", ["list_quotations", "get_quotation", "create_quotation", "get_quotation_stats"]),
        (
            "workspace",
            [
                "list_team_members", "list_teams", "get_user", "get_audit_log", "bulk_update_contacts",
                "bulk_update_deals",
            ]
        ),
    ]

    /// All of them.
    package static let names = Set(groups.flatMap(\.tools))

    /// The group of a tool.
    static let groupOfTool = Dictionary(
        uniqueKeysWithValues: groups.flatMap { group in group.tools.map { ($0, group.name) } })
}
