/// Asked before each layer of a network, since a text of many tokens takes seconds in each: whether
/// nobody waits any more for what is computed. Once it was true it stays so; what comes out is then
/// nothing, and whoever asked for it throws that away.
package typealias Cancellation = @Sendable () -> Bool
