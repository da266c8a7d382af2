/** Every dtype of the language and the bytes an element takes. */
const bytesByDtype = {
  f64: 8,
  f32: 4,
  f16: 2,
  bf16: 2,
  f8e4m3: 1,
  f8e5m2: 1,
  i64: 8,
  i32: 4,
  i16: 2,
  i8: 1,
  u32: 4,
  u16: 2,
  u8: 1,
  bool: 1,
} as const;

export const dtypeNames: ReadonlySet<string> = new Set(Object.keys(bytesByDtype));

/** Bytes of one element; of what is no dtype (check has said so), those of f32. */
export function bytesOf(dtype: string): number {
  return (bytesByDtype as Readonly<Record<string, number>>)[dtype] ?? 4;
}
