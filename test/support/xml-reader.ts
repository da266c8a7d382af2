/**
 * Reads XML 1.0 as far as reports need it, and refuses what is not well formed: elements, attributes in double quotes,
 * references, text. White space of attributes and line breaks are normalised, as the recommendation has it.
 */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** Its own, without that of its children. */
  readonly text: string;
}

/** @throws where the text is not well formed */
export function readXml(document: string): XmlElement {
  for (const character of document) {
    if (!isLegal(character.codePointAt(0)!)) throw new Error(`U+${character.codePointAt(0)!.toString(16)} is illegal`);
  }
  const text = document.replace(/\r\n?/g, "\n");
  let at = 0;

  const refuse = (what: string): never => {
    throw new Error(`${what} at ${at}: ${JSON.stringify(text.slice(at, at + 40))}`);
  };
  function take(pattern: RegExp): RegExpExecArray | undefined {
    const sticky = new RegExp(pattern.source, "uy");
    sticky.lastIndex = at;
    const match = sticky.exec(text);
    if (match === null) return undefined;
    at = sticky.lastIndex;
    return match;
  }
  const need = (pattern: RegExp, what: string): RegExpExecArray => take(pattern) ?? refuse(`no ${what}`);

  function element(): XmlElement {
    const name = need(/<([A-Za-z][\w-]*)/, "element")[1]!;
    const attributes: Record<string, string> = {};
    for (let match = take(/\s+([A-Za-z][\w-]*)="([^"<]*)"/); match; match = take(/\s+([A-Za-z][\w-]*)="([^"<]*)"/)) {
      if (Object.hasOwn(attributes, match[1]!)) refuse(`a second ${match[1]}`);
      attributes[match[1]!] = resolved(match[2]!.replace(/[\t\n]/g, " "), refuse);
    }
    if (take(/\s*\/>/)) return { name, attributes, children: [], text: "" };
    need(/\s*>/, "end of a tag");
    const children: XmlElement[] = [];
    let own = "";
    while (!take(new RegExp(`</${name}\\s*>`))) {
      if (text.startsWith("</", at)) refuse(`${name} is not closed`);
      if (text.startsWith("<", at)) children.push(element());
      else {
        const [raw] = need(/[^<]+/, "text");
        if (raw.includes("]]>")) refuse("]]> in text");
        own += resolved(raw, refuse);
      }
    }
    return { name, attributes, children, text: own };
  }

  need(/<\?xml version="1\.0" encoding="UTF-8"\?>\s*/, "declaration");
  const root = element();
  take(/\s*/);
  if (at < text.length) refuse("more than one element");
  return root;
}

const named: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function resolved(text: string, refuse: (what: string) => never): string {
  return text.replace(/&([^;&]*;)?/g, (_, reference: string | undefined) => {
    const name = reference?.slice(0, -1) ?? refuse("a bare &");
    const number = /^#(?:x([0-9a-fA-F]+)|([0-9]+))$/.exec(name);
    if (number === null) return named[name] ?? refuse(`no entity ${name}`);
    const code = number[1] === undefined ? Number(number[2]) : Number.parseInt(number[1], 16);
    return isLegal(code) ? String.fromCodePoint(code) : refuse(`a reference to ${code}`);
  });
}

/** Whether XML 1.0 has such a character at all. */
export function isLegal(code: number): boolean {
  if (code < 0x20) return code === 0x9 || code === 0xa || code === 0xd;
  return code <= 0xd7ff || (code >= 0xe000 && code <= 0xfffd) || (code >= 0x10000 && code <= 0x10ffff);
}
