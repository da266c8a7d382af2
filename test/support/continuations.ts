/** What has to stand behind the word that opens a declaration before it is told from a name. */
import type { Keyword } from "../../grammar/tokens.js";

export const continuations: Readonly<Partial<Record<Keyword, string>>> = {
  import: ' { a } from "b"',
  param: " a = 1",
  profile: " a { }",
  axis: " a",
  machine: " a { }",
  mesh: " on a { }",
  table: " a: b -> c",
  ordered: " monoid a(x: f32) { }",
  monoid: " a(x: f32) { }",
  opaque: " op a(x: T[n]) -> T[n]",
  op: " a(x: T[n]) -> T[n]",
  record: " a { }",
  layer: " a(x: T[n]) -> y: T[n] { }",
  collective: " a(x: [c]) over n { }",
  schedule: " a of b",
  check: " a { }",
  assume: " a = 1",
};
