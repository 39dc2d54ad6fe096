/// The paper that a loss comes from, as BibTeX.
struct Citation: Equatable {
  let key: String
  let kind: String
  let fields: [String]

  var text: String {
    "@\(kind){\(key),\n" + fields.map { "    \($0)" }.joined(separator: ",\n") + "\n}"
  }

  /// The papers of these losses, each once, that of sentence-transformers first.
  static func of(_ losses: [String]) -> [(names: [String], citation: Citation)] {
    var groups = [(names: ["Sentence Transformers"], citation: sentenceBERT)]
    for loss in losses {
      guard let citation = known[loss] else { continue }
      if let group = groups.firstIndex(where: { $0.citation == citation }) {
        groups[group].names.append(loss)
      } else {
        groups.append(([loss], citation))
      }
    }
    return groups
  }

  private static let known: [String: Citation] = [
    "AnglELoss": angle, "BatchAllTripletLoss": triplet, "CachedMultipleNegativesRankingLoss": cache,
    "CachedMultipleNegativesSymmetricRankingLoss": cache, "CoSENTLoss": cosent,
    "ContrastiveLoss": contrastive, "MSELoss": multilingual, "MatryoshkaLoss": matryoshka,
    "MultipleNegativesRankingLoss": infoNCE, "MultipleNegativesSymmetricRankingLoss": infoNCE,
    "OnlineContrastiveLoss": contrastive, "SoftmaxLoss": sentenceBERT, "TripletLoss": triplet,
  ]

  private static func preprint(
    _ key: String, _ title: String, _ authors: String, _ year: Int, _ number: String,
    _ subject: String
  ) -> Citation {
    Citation(
      key: key, kind: "misc",
      fields: [
        "title = {\(title)}", "author = {\(authors)}", "year = {\(year)}", "eprint = {\(number)}",
        "archivePrefix = {arXiv}", "primaryClass = {\(subject)}",
      ])
  }

  private static let sentenceBERT = Citation(
    key: "reimers-2019-sentence-bert", kind: "inproceedings",
    fields: [
      "title = {Sentence-BERT: Sentence Embeddings using Siamese BERT-Networks}",
      "author = {Reimers, Nils and Gurevych, Iryna}",
      "booktitle = {Proceedings of the 2019 Conference on Empirical Methods in Natural Language "
        + "Processing}",
      "year = {2019}", "publisher = {Association for Computational Linguistics}",
      "url = {https://arxiv.org/abs/1908.10084}",
    ])

  private static let multilingual = Citation(
    key: "reimers-2020-multilingual-sentence-bert", kind: "inproceedings",
    fields: [
      "title = {Making Monolingual Sentence Embeddings Multilingual using Knowledge Distillation}",
      "author = {Reimers, Nils and Gurevych, Iryna}",
      "booktitle = {Proceedings of the 2020 Conference on Empirical Methods in Natural Language "
        + "Processing}",
      "year = {2020}", "publisher = {Association for Computational Linguistics}",
      "url = {https://arxiv.org/abs/2004.09813}",
    ])

  private static let infoNCE = preprint(
    "oord2019representation", "Representation Learning with Contrastive Predictive Coding",
    "van den Oord, Aaron and Li, Yazhe and Vinyals, Oriol", 2019, "1807.03748", "cs.LG")

  private static let cache = preprint(
    "gao2021scaling", "Scaling Deep Contrastive Learning Batch Size under Memory Limited Setup",
    "Gao, Luyu and Zhang, Yunyi and Han, Jiawei and Callan, Jamie", 2021, "2101.06983", "cs.LG")

  private static let triplet = preprint(
    "hermans2017defense", "In Defense of the Triplet Loss for Person Re-Identification",
    "Hermans, Alexander and Beyer, Lucas and Leibe, Bastian", 2017, "1703.07737", "cs.CV")

  private static let matryoshka = preprint(
    "kusupati2022matryoshka", "Matryoshka Representation Learning",
    "Kusupati, Aditya and Bhatt, Gantavya and Rege, Aniket and Wallingford, Matthew and "
      + "Sinha, Aditya and Ramanujan, Vivek and Howard-Snyder, William and Chen, Kaifeng and "
      + "Kakade, Sham and Jain, Prateek and Farhadi, Ali", 2022, "2205.13147", "cs.LG")

  private static let cosent = Citation(
    key: "huang2024cosent", kind: "article",
    fields: [
      "title = {CoSENT: Consistent Sentence Embedding via Similarity Ranking}",
      "author = {Huang, Xiang and Peng, Hao and Zou, Dongcheng and Liu, Zhiwei and Li, Jianxin and "
        + "Liu, Kay and Wu, Jia and Su, Jianlin and Yu, Philip S.}",
      "journal = {IEEE/ACM Transactions on Audio, Speech, and Language Processing}",
      "year = {2024}", "doi = {10.1109/TASLP.2024.3402087}",
    ])

  private static let contrastive = Citation(
    key: "hadsell2006dimensionality", kind: "inproceedings",
    fields: [
      "title = {Dimensionality Reduction by Learning an Invariant Mapping}",
      "author = {Hadsell, R. and Chopra, S. and LeCun, Y.}",
      "booktitle = {2006 IEEE Conference on Computer Vision and Pattern Recognition}",
      "year = {2006}", "volume = {2}", "pages = {1735-1742}", "doi = {10.1109/CVPR.2006.100}",
    ])

  private static let angle = Citation(
    key: "li-li-2024-aoe", kind: "inproceedings",
    fields: [
      "title = {{A}o{E}: Angle-optimized Embeddings for Semantic Textual Similarity}",
      "author = {Li, Xianming and Li, Jing}", "year = {2024}",
      "publisher = {Association for Computational Linguistics}",
      "url = {https://aclanthology.org/2024.acl-long.101/}",
      "doi = {10.18653/v1/2024.acl-long.101}",
    ])
}
