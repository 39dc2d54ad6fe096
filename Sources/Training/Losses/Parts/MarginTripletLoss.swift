import ModelFiles

/// A loss of triplets that are chosen in a batch of texts with classes: negatives should be farther
/// from an anchor than positives by a margin.
protocol MarginTripletLoss: Loss {
  var metric: AnchorPass.Metric { get }
  var margin: Double { get }
  init(metric: AnchorPass.Metric, margin: Double)
}

extension MarginTripletLoss {
  package init(_ options: JSON, _ context: LossContext) throws {
    self.init(
      metric: try AnchorPass.Metric(options), margin: try options.number("margin", default: 5))
  }

  package var needs: LossNeeds { .ofClasses }

  package var parameters: [(name: String, value: JSONValue)] {
    [metric.parameter, ("margin", .plain(margin))]
  }
}
