import NIOCore

/// Stands before the parser of HTTP and sees bytes as they come: a head that comes a byte at a time
/// is no event anywhere else.
final class ByteWatch: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer

  private let connection: Connection

  init(_ connection: Connection) { self.connection = connection }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard connection.takes(bytes: Self.unwrapInboundIn(data).readableBytes) else { return }
    context.fireChannelRead(data)
  }
}
