import Foundation
import RuleSources
import Rules
import Testing

/// Files of a rules folder that look as if they counted.
struct PassedOverFiles {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try folder.write("version: 1", to: "a.yaml")
    }

    private func passedOver() -> [String] {
        let path = folder.url.path
        return RuleFiles.passedOver(in: path, read: try? RuleFiles.read(path))
            .map { "\($0.file): \($0.reason); \($0.advice)" }
    }

    @Test(arguments: [
        ("b.YAML", "the ending must be in lower case; rename it to b.yaml, or remove it"),
        ("b.Yml", "the ending must be in lower case; rename it to b.yml, or remove it"),
        ("c.yaml.txt", "its name does not end in .yaml; rename it to c.yaml, or remove it"),
        ("c.yml.disabled", "its name does not end in .yml; rename it to c.yml, or remove it"),
        ("a.yaml~", "its name does not end in .yaml; remove it if it is a copy of a.yaml"),
        ("a.yaml.bak", "its name does not end in .yaml; remove it if it is a copy of a.yaml"),
        ("#a.yaml#", "its name does not end in .yaml; remove it if it is a copy of a.yaml"),
        (
            ".a.yaml.swp",
            "a name that begins with a dot hides it; remove it if it is a copy of a.yaml"
        ),
        (".d.yaml", "a name that begins with a dot hides it; rename it to d.yaml, or remove it"),
        (
            "f.json",
            "rule files end in .yaml or .yml, files of values in .csv or .txt; "
                + "rename it to *.yaml if it holds rules: JSON is valid YAML"
        ),
        (
            "f.xlsx",
            "rule files end in .yaml or .yml, files of values in .csv or .txt; save it as CSV"
        ),
        (
            "h.csv",
            "no rule file names it; name it under `lists` or `tables` as `{ file: h.csv }`, "
                + "or remove it"
        ),
        ("h.CSV", "the ending must be in lower case; rename it to h.csv"),
        (
            "sub/e.yaml",
            "only files directly in the rules folder are read; move the rule files in it up"
        ),
    ])
    func aFileThatLooksAsIfItCountedIsNamed(name: String, words: String) throws {
        try folder.write("", to: name)
        #expect(passedOver() == ["\(name.prefix { $0 != "/" }): \(words)"])
    }

    @Test(arguments: [
        "b.yml", "README.md", ".git/config", ".gitignore", ".#a.yaml", "..data/a.yaml",
    ])
    func whatIsReadOrNobodyTakesForRulesIsNotNamed(name: String) throws {
        try folder.write("", to: name)
        #expect(passedOver() == [])
    }

    @Test func aFileOfValuesThatARuleNamesIsRead() throws {
        try folder.write("lists: { a: { file: h.csv } }", to: "a.yaml")
        try folder.write("", to: "h.csv")
        #expect(passedOver() == [])
    }

    /// Who names them is not known then.
    @Test func filesOfValuesAreNotNamedWhereRulesCannotBeRead() throws {
        try folder.write("", to: "h.csv")
        try folder.write("", to: "b.YAML")
        try Data([0xFF]).write(to: folder.url.appending(path: "a.yaml"))
        #expect(passedOver().map { $0.prefix { $0 != ":" } } == ["b.YAML"])
    }

    @Test func besideASingleFileNothingIsPassedOver() throws {
        try folder.write("", to: "b.YAML")
        let path = folder.url.appending(path: "a.yaml").path
        #expect(RuleFiles.passedOver(in: path, read: try RuleFiles.read(path)) == [])
    }
}
