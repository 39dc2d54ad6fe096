import TestSupport
import Testing

/// `embed inspect` with models of every kind.
@Suite struct InspectKindsTests {
  @Test(arguments: [
    (Models.tiny, "dense"), (RecordedModel("sp_bert").path, "sparse"),
    (RecordedModel("sp_inference_free").path, "sparse"), (RecordedModel("mv_bert").path, "multi"),
    (RecordedModel("mv_stanford").path, "multi"), (RecordedModel("ce_bert").path, "rerank"),
  ])
  func theKindIsNamed(_ model: String, _ kind: String) throws {
    let table = try embed("inspect", model)
    #expect(table.ending == .exited(0), "\(table.stderr)")
    #expect(table.lines.contains { $0.hasPrefix("kind ") && $0.contains(kind + ": ") })
    let json = try object(embed("inspect", "--json", model).text)
    #expect(json["kind"] as? String == kind)
  }

  @Test func aMaskedModelIsOfTheKindThatIsAsked() throws {
    let model = RecordedModel("sp_bert_bare").path
    let kinds = try [[], ["--type", "sparse"]].map { options in
      try object(embedCommand(["inspect", "--json", model] + options)().text)["kind"] as? String
    }
    #expect(kinds == ["dense", "sparse"])
  }

  @Test func aRerankerHasLabelsAndAnActivationThatAFileNames() throws {
    let one = try object(embed("inspect", "--json", RecordedModel("ce_bert").path).text)
    #expect((one["labels"] as? [String])?.count == 1)
    #expect(one["activation"] as? String == "identity")
    #expect((one["activation_from"] as? String)?.contains("config.json") == true)
    let several = try embed("inspect", RecordedModel("ce_roberta_nli").path)
    let labels = several.lines.first { $0.hasPrefix("labels ") } ?? ""
    #expect(labels.split(separator: ",").count == 3, "\(several.text)")
    #expect(several.lines.contains { $0.hasPrefix("activation ") && $0.contains("identity") })
  }
}
