import ModelFiles
import Tensors
import TestSupport
import Testing
import Training

@testable import embed

/// What a teacher's vectors are learned of: texts and their translations.
@Suite struct TranslationRowsTests {
  /// The first byte of a text, once for each number of a vector.
  private static var teacher: Teacher {
    Teacher(name: "big", width: 4) { texts, _ in
      Tensor(
        [texts.count, 4], texts.flatMap { text in (0..<4).map { _ in Float(text.first ?? 0) } })
    }
  }

  /// The rows with their columns' names before them, and the notices.
  private func read(
    _ files: [String: String], _ words: [String]
  ) throws -> (rows: [String], notices: [String]) {
    let data = try Preparing(files).data(words + ["--teacher", "big"], teacher: Self.teacher)
    let set = data.sets[0]
    let rows = (0..<set.set.rows).map { row in
      set.set.columns.map { String(decoding: $0.texts[row], as: UTF8.self) }.joined(separator: "|")
    }
    let names = set.set.columns.map(\.name).joined(separator: "|")
    return ([names] + rows, set.notices.map { $0.replacing(/\/\S*\//, with: "") })
  }

  @Test func aFileWithoutAHeaderHasASourceAndTranslations() throws {
    let (rows, notices) = try read(
      ["t.tsv": "the cat sleeps.\tle chat dort.\nit rains.\til pleut.\n"], ["t.tsv"])
    #expect(rows == ["source|target", "the cat sleeps.|le chat dort.", "it rains.|il pleut."])
    #expect(notices == ["t.tsv: has no header; its columns are taken as `source`, `target`"])
  }

  @Test func rowsWithAllTranslationsStayAsTheyAre() throws {
    let (rows, _) = try read(
      ["t.tsv": "a cat.\tun chat.\tgoyangi.\nrain.\tpluie.\tbi.\n"], ["t.tsv"])
    #expect(rows == ["source|target_1|target_2", "a cat.|un chat.|goyangi.", "rain.|pluie.|bi."])
  }

  @Test func whereTranslationsAreMissingEachSourceHasThoseThatAreThere() throws {
    let (rows, notices) = try read(
      ["t.tsv": "a cat.\tun chat.\nrain.\tpluie.\tbi.\nsun.\t\thae.\nx.\n\ty.\n"], ["t.tsv"])
    #expect(
      rows == ["source|target", "a cat.|un chat.", "rain.|pluie.", "rain.|bi.", "sun.|hae."])
    #expect(
      notices.dropFirst() == [
        "1 row without a source left out, the first in t.tsv, line 5",
        "5 missing or empty translations left out, the first in t.tsv, line 1",
        "each source is taken with each of its translations: 4 pairs",
      ])
  }

  @Test func ofPairsThoseWithBothTextsAreTaken() throws {
    let (rows, notices) = try read(
      ["t.csv": "english,korean\na,b\nc,\ne,f\n"], ["t.csv"])
    #expect(rows == ["english|korean", "a|b", "e|f"])
    #expect(
      notices == ["1 missing or empty translation left out, the first in t.csv, line 3"])
  }

  @Test func filesMayHaveOtherLanguages() throws {
    let (rows, notices) = try read(
      ["fr.csv": "english,french\na,b\n", "ko.csv": "english,korean\na,c\nd,e\n"],
      ["fr.csv", "ko.csv"])
    #expect(rows == ["source|target", "a|b", "a|c", "d|e"])
    #expect(notices == ["each source is taken with each of its translations: 3 pairs"])
  }

  @Test func objectsMayLackMembers() throws {
    let (rows, _) = try read(
      ["t.jsonl": #"{"en":"a","fr":"b","ko":"c"}"# + "\n" + #"{"en":"d","fr":null}"# + "\n"],
      ["t.jsonl"])
    #expect(rows == ["source|target", "a|b", "a|c"])
  }

  @Test func theFirstColumnsVectorsAreLearned() throws {
    let files = try Preparing(["t.tsv": "a cat.\tun chat.\n b\tc.\td.\n"])
    let data = try files.data(["t.tsv", "--teacher", "big"], teacher: Self.teacher)
    #expect(data.sets[0].rows[0].hasSuffix(" [97.0, 97.0, 97.0, 97.0]"))
    // Read again by its recipe, it is the same.
    #expect(data.sets[0].columns == ["source", "target_1", "target_2"])
  }

  @Test func withoutATeacherARowHasAllItsTexts() throws {
    let files = try Preparing(["t.tsv": "a cat.\tun chat.\tx.\nrain.\tpluie.\n"])
    #expect(
      thrown { _ = try files.data(["t.tsv"]) }.contains("line 2: 2 cells, the first row has 3"))
  }
}

/// Parallel files: each a column.
@Suite struct ParallelFilesTests {
  private func data(_ files: [String: String], _ words: [String]) throws -> TrainingData {
    let preparing = try Preparing(files)
    var recipe = try preparing.recipe(words)
    recipe.datasets[0].isParallel = true
    return try preparing.data(recipe)
  }

  @Test func lineNIsTheTranslationOfLineN() throws {
    let set = try data(
      ["en.txt": "a cat\nrain, again\n", "fr.txt": "un chat\nla pluie\n"], ["en.txt", "fr.txt"]
    ).sets[0]
    #expect(set.set.columns.map(\.name) == ["source", "target"])
    #expect(set.rows == ["a cat|un chat", "rain, again|la pluie"])
    #expect(set.set.place(1).hasSuffix("en.txt, line 2"))
  }

  @Test(arguments: [
    (["a.txt", "b.txt"], ["a.txt": "x\ny\nz\n", "b.txt": "x\n"], "b.txt ends with line 1, but "),
    (
      ["a.txt", "b.txt"], ["a.txt": "x\ny\nz\n", "b.txt": "x\n"], "a.txt has a line 2, and 3 in all"
    ),
    (["a.txt", "b.txt"], ["a.txt": "", "b.txt": "x"], "a.txt ends with line 0"),
    (["a.txt"], ["a.txt": "x\n"], "--parallel takes two files or more"),
  ])
  func unequalFilesAreRefused(words: [String], files: [String: String], message: String) {
    let found = thrown { _ = try data(files, words) }
    #expect(found.contains(message), "\(found)")
  }
}
