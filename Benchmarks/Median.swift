import Foundation
import TextTable

/// The median of a figure over all runs.
struct Median {
    let name: String
    let unit: String
    /// Of each run, the smallest first.
    let values: [Double]

    var value: Double {
        let middle = values.count / 2
        return values.count % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2
    }

    /// The medians in the order in which their figures first came.
    static func of(_ runs: [[Figure]]) -> [Median] {
        var names: [String] = []
        var figures: [String: [Figure]] = [:]
        for figure in runs.joined() {
            if figures[figure.name] == nil { names.append(figure.name) }
            figures[figure.name, default: []].append(figure)
        }
        return names.compactMap { name in
            figures[name].map { figures in
                Median(name: name, unit: figures[0].unit, values: figures.map(\.value).sorted())
            }
        }
    }

    var jsonLine: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            let figure = Figure(name: name, value: value, unit: unit)
            return String(decoding: try encoder.encode(figure), as: UTF8.self)
        }
    }

    static func printTable(_ medians: [Median]) {
        let table = TextTable<Median> { median in
            [
                Column(title: "benchmark", value: median.name),
                Column(title: "median", value: text(median.value), align: .right),
                Column(title: "unit", value: median.unit),
                Column(title: "target", value: median.target, align: .right),
                Column(title: "", value: median.verdict),
                Column(title: "runs", value: median.values.map(text).joined(separator: "  ")),
            ]
        }
        table.print(medians, style: Style.plain)
    }

    private var target: String {
        switch Target.all[name] {
        case .atLeast(let bound): "≥ \(Self.text(bound))"
        case .below(let bound): "< \(Self.text(bound))"
        case nil: "–"
        }
    }

    private var verdict: String {
        switch Target.all[name] {
        case .atLeast(let bound): value >= bound ? "met" : "MISSED"
        case .below(let bound): value < bound ? "met" : "MISSED"
        case nil: ""
        }
    }

    private static func text(_ value: Double) -> String {
        String(format: value < 1000 ? "%.1f" : "%.0f", value)
    }
}
