extension Citation {
  /// The papers of the losses of lists.
  static let ranking: [String: Citation] = [
    "ADRMSELoss": paper(
      "schlatt2025rankdistillm",
      "Rank-DistiLLM: Closing the Effectiveness Gap Between Cross-Encoders and LLMs for Passage "
        + "Re-ranking",
      "Schlatt, Ferdinand and Fröbe, Maik and Scells, Harrisen and Zhuang, Shengyao and Koopman, "
        + "Bevan and Zuccon, Guido and Stein, Benno and Potthast, Martin and Hagen, Matthias",
      "Advances in Information Retrieval (ECIR 2025)", 2025,
      more: ["doi = {10.1007/978-3-031-88714-7_31}"]),
    "LambdaLoss": paper(
      "wang2018lambdaloss", "The LambdaLoss Framework for Ranking Metric Optimization",
      "Wang, Xuanhui and Li, Cheng and Golbandi, Nadav and Bendersky, Michael and Najork, Marc",
      "Proceedings of the 27th ACM international conference on information and knowledge management",
      2018, more: ["pages = {1313--1322}"]),
    "ListMLELoss": paper(
      "10.1145/1390156.1390306", "Listwise Approach to Learning to Rank - Theory and Algorithm",
      "Xia, Fen and Liu, Tie-Yan and Wang, Jue and Zhang, Wensheng and Li, Hang",
      "Proceedings of the 25th International Conference on Machine Learning", 2008,
      more: ["pages = {1192-1199}", "url = {https://doi.org/10.1145/1390156.1390306}"]),
    "ListNetLoss": paper(
      "cao2007learning", "Learning to Rank: From Pairwise Approach to Listwise Approach",
      "Cao, Zhe and Qin, Tao and Liu, Tie-Yan and Tsai, Ming-Feng and Li, Hang",
      "Proceedings of the 24th international conference on Machine learning", 2007,
      more: ["pages = {129--136}"]),
    "PListMLELoss": paper(
      "lan2014position", "Position-Aware ListMLE: A Sequential Learning Process for Ranking",
      "Lan, Yanyan and Zhu, Yadong and Guo, Jiafeng and Niu, Shuzi and Cheng, Xueqi", "UAI", 2014,
      more: ["volume = {14}", "pages = {449--458}"]),
    "RankNetLoss": paper(
      "burges2005learning", "Learning to Rank using Gradient Descent",
      "Burges, Chris and Shaked, Tal and Renshaw, Erin and Lazier, Ari and Deeds, Matt and "
        + "Hamilton, Nicole and Hullender, Greg",
      "Proceedings of the 22nd international conference on Machine learning", 2005,
      more: ["pages = {89--96}"]),
  ]

  private static func paper(
    _ key: String, _ title: String, _ authors: String, _ book: String, _ year: Int, more: [String]
  ) -> Citation {
    Citation(
      key: key, kind: "inproceedings",
      fields: [
        "title = {\(title)}", "author = {\(authors)}", "booktitle = {\(book)}", "year = {\(year)}",
      ] + more)
  }
}
