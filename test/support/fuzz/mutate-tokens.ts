/** Changes of a text token by token: what is left is still words of the language, in an order that it may not have. */
import { endOf, tokenize } from "../../../grammar/lexer.js";
import { keywords, symbols } from "../../../grammar/tokens.js";
import { units } from "../../../grammar/units.js";
import type { Draw } from "../random-draw.js";

/** Every word and mark of the token table, and some of what varies. */
const vocabulary: readonly string[] = [
  ...Object.keys(keywords),
  ...Object.values(symbols).map(({ pattern }) => String(pattern)),
  ...units.map(({ name }) => name),
  ...["x", "n", "tokens", "tp", "rank", "T", "f32", "0", "1", "2", "0.5", "1e9", '"std/ops"', '"', "\n", "// c\n"],
];

/** One to five changes. */
export function mutateTokens(draw: Draw, text: string): string {
  const { tokens } = tokenize(text);
  if (tokens.length === 0) return draw.pick(vocabulary);
  // With what stands before each, so that lines and comments stay where they were.
  let pieces: string[] = [];
  let end = 0;
  for (const found of tokens) {
    pieces.push(text.slice(end, found.startOffset), found.image);
    end = endOf(found);
  }
  const rest = text.slice(end);
  const at = (): number => draw.integer(0, pieces.length / 2 - 1) * 2;
  for (let count = draw.integer(1, 5); count > 0 && pieces.length > 0; count--) {
    const place = at();
    switch (draw.integer(0, 7)) {
      case 0: {
        const other = at();
        [pieces[place + 1], pieces[other + 1]] = [pieces[other + 1]!, pieces[place + 1]!];
        break;
      }
      case 1:
        pieces.splice(place, 2);
        break;
      case 2:
        pieces.splice(place, 0, pieces[place] === "" ? " " : pieces[place]!, pieces[place + 1]!);
        break;
      case 3:
      case 4:
        pieces[place + 1] = draw.pick(vocabulary);
        break;
      case 5:
        pieces.splice(place, 0, " ", draw.pick(vocabulary));
        break;
      case 6: {
        // A run of them to another place.
        const moved = pieces.splice(place, 2 * draw.integer(1, 12));
        pieces.splice(pieces.length === 0 ? 0 : at(), 0, ...moved);
        break;
      }
      default:
        pieces = pieces.toSpliced(place, 2 * draw.integer(1, 12));
    }
  }
  return pieces.join("") + rest;
}
