// Draws the icons of the extension: two voices, of which the second enters before the first has ended. `npm run generate`
// writes them; a test compares.
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { crc32, deflateSync } from "node:zlib";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Of 16 by 16: left, top, width, height. Cool computes, warm communicates, as in timelines. */
const voices = [
  { at: [1, 3, 9, 4], colour: "#3f72af" },
  { at: [6, 9, 9, 4], colour: "#d9822b" },
];
const paper = "#14171c";

export function fileIcon() {
  const bars = voices.map(
    ({ at: [x, y, width, height], colour }) =>
      `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="1" fill="${colour}"/>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">${bars.join("")}</svg>\n`;
}

/** The same on dark paper, as PNG of `size` by `size` pixels: what a marketplace shows. */
export function extensionIcon(size = 256) {
  const pixels = Buffer.alloc(size * (size * 3 + 1)); // each row begins with its filter, none
  const unit = size / 20; // two units of paper around
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      const voice = voices.find(({ at: [left, top, width, height] }) => {
        const [column, row] = [x / unit - 2 - left, y / unit - 2 - top];
        return column >= 0 && column < width && row >= 0 && row < height;
      });
      pixels.write((voice?.colour ?? paper).slice(1), y * (size * 3 + 1) + 1 + x * 3, "hex");
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set([8, 2], 8); // bits a channel, red green blue
  const chunks = [pngChunk("IHDR", header), pngChunk("IDAT", deflateSync(pixels)), pngChunk("IEND", Buffer.alloc(0))];
  return Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), ...chunks]);
}

function pngChunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const chunk = Buffer.alloc(body.length + 8);
  chunk.writeUInt32BE(data.length, 0);
  chunk.set(body, 4);
  chunk.writeUInt32BE(crc32(body), body.length + 4);
  return chunk;
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  writeFileSync(join(root, "vscode-extension/icons/file.svg"), fileIcon());
  writeFileSync(join(root, "vscode-extension/icons/stretto.png"), extensionIcon());
}
