/** An execution that the edges do not allow: a fault of ours. */
export class ProtocolViolation extends Error {
  override readonly name = "ProtocolViolation";
}
