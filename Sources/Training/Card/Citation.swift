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
      guard let citation = known[loss] ?? ranking[loss] else { continue }
      if let group = groups.firstIndex(where: { $0.citation == citation }) {
        groups[group].names.append(loss)
      } else {
        groups.append(([loss], citation))
      }
    }
    return groups
  }

  private static let known: [String: Citation] = [
    "AdaptiveLayerLoss": layers, "AnglELoss": angle, "BatchAllTripletLoss": triplet,
    "BatchHardSoftMarginTripletLoss": triplet, "BatchHardTripletLoss": triplet,
    "BatchSemiHardTripletLoss": triplet, "CachedMultipleNegativesRankingLoss": cache,
    "CachedMultipleNegativesSymmetricRankingLoss": cache, "CoSENTLoss": cosent,
    "ContrastiveLoss": contrastive, "ContrastiveTensionLoss": tension,
    "ContrastiveTensionLossInBatchNegatives": tension, "DistillKLDivLoss": tightlyCoupled,
    "EmbedDistillLoss": embedDistill, "GISTEmbedLoss": gist,
    "GlobalOrthogonalRegularizationLoss": spread, "MSELoss": multilingual,
    "MarginMSELoss": margin, "Matryoshka2dLoss": layers, "MatryoshkaLoss": matryoshka,
    "MegaBatchMarginLoss": megaBatch, "MultipleNegativesRankingLoss": infoNCE,
    "MultipleNegativesSymmetricRankingLoss": infoNCE, "OnlineContrastiveLoss": contrastive,
    "SoftmaxLoss": sentenceBERT, "TripletLoss": triplet,
    "CachedSpladeLoss": splade, "FlopsLoss": flops, "SparseAnglELoss": angle,
    "SparseCoSENTLoss": cosent, "SparseDistillKLDivLoss": tightlyCoupled,
    "SparseMSELoss": multilingual, "SparseMarginMSELoss": margin,
    "SparseMultipleNegativesRankingLoss": infoNCE, "SparseTripletLoss": triplet,
    "SpladeLoss": splade,
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

  private static let layers = preprint(
    "li20242d", "2D Matryoshka Sentence Embeddings",
    "Li, Xianming and Li, Zongxi and Li, Jing and Xie, Haoran and Li, Qing", 2024, "2402.14776",
    "cs.CL")

  private static let gist = preprint(
    "solatorio2024gistembed",
    "GISTEmbed: Guided In-sample Selection of Training Negatives for Text Embedding Fine-tuning",
    "Solatorio, Aivin V.", 2024, "2402.16829", "cs.LG")

  private static let margin = preprint(
    "hofstätter2021improving",
    "Improving Efficient Neural Ranking Models with Cross-Architecture Knowledge Distillation",
    "Hofstätter, Sebastian and Althammer, Sophia and Schröder, Michael and Sertkan, Mete and "
      + "Hanbury, Allan", 2021, "2010.02666", "cs.IR")

  private static let tightlyCoupled = preprint(
    "lin2020distillingdenserepresentationsranking",
    "Distilling Dense Representations for Ranking using Tightly-Coupled Teachers",
    "Lin, Sheng-Chieh and Yang, Jheng-Hong and Lin, Jimmy", 2020, "2010.11386", "cs.IR")

  private static let embedDistill = preprint(
    "kim2023embeddistill",
    "EmbedDistill: A Geometric Knowledge Distillation for Information Retrieval",
    "Kim, Seungyeon and Rawat, Ankit Singh and Zaheer, Manzil and Jayasumana, Sadeep and "
      + "Sadhanala, Veeranjaneyulu and Jitkrittum, Wittawat and Menon, Aditya Krishna and "
      + "Fergus, Rob and Kumar, Sanjiv", 2023, "2301.12005", "cs.IR")

  private static let splade = preprint(
    "formal2022distillationhardnegativesampling",
    "From Distillation to Hard Negative Sampling: Making Sparse Neural IR Models More Effective",
    "Formal, Thibault and Lassance, Carlos and Piwowarski, Benjamin and Clinchant, Stéphane", 2022,
    "2205.04733", "cs.IR")

  private static let flops = preprint(
    "paria2020minimizing", "Minimizing FLOPs to Learn Efficient Sparse Representations",
    "Paria, Biswajit and Yeh, Chih-Kuan and Yen, Ian E. H. and Xu, Ning and Ravikumar, Pradeep and "
      + "Póczos, Barnabás", 2020, "2004.05665", "cs.LG")

  private static let spread = preprint(
    "zhang2017learningspreadoutlocalfeature", "Learning Spread-out Local Feature Descriptors",
    "Zhang, Xu and Yu, Felix X. and Kumar, Sanjiv and Chang, Shih-Fu", 2017, "1708.06320", "cs.CV")

  private static let megaBatch = Citation(
    key: "wieting-gimpel-2018-paranmt", kind: "inproceedings",
    fields: [
      "title = {{P}ara{NMT}-50{M}: Pushing the Limits of Paraphrastic Sentence Embeddings with "
        + "Millions of Machine Translations}",
      "author = {Wieting, John and Gimpel, Kevin}",
      "booktitle = {Proceedings of the 56th Annual Meeting of the Association for Computational "
        + "Linguistics}",
      "year = {2018}", "publisher = {Association for Computational Linguistics}",
      "pages = {451--462}", "doi = {10.18653/v1/P18-1042}",
      "url = {https://aclanthology.org/P18-1042}",
    ])

  private static let tension = Citation(
    key: "carlsson2021semantic", kind: "inproceedings",
    fields: [
      "title = {Semantic Re-tuning with Contrastive Tension}",
      "author = {Carlsson, Fredrik and Gyllensten, Amaru Cuba and Gogoulou, Evangelia and "
        + "Hellqvist, Erik Ylip{\\\"a}{\\\"a} and Sahlgren, Magnus}",
      "booktitle = {International Conference on Learning Representations}", "year = {2021}",
      "url = {https://openreview.net/forum?id=Ov_sMNau-PF}",
    ])

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
