/// What a text is to late interaction and to sparse models: something to be found, or what is asked.
package enum TextSide: String, Sendable, CaseIterable { case query, document }
