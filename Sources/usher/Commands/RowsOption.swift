import ArgumentParser
import RuleLint
import Rules

/// Whether the rows of a table are shown one by one.
struct RowsOption: ParsableArguments {
    @Flag(help: "Show each table row instead of one line per table.")
    var rows = false

    func folding(of ruleset: Ruleset) -> TableFolding {
        rows ? .none : TableFolding(ruleset)
    }

    /// Rules that a plan shows.
    var maxRules: Int { rows ? .max : PlanText.shownRules }
}
