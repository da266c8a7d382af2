// npm run package:extension: bundles the extension for VS Code and writes vscode-extension/out/stretto-<version>.vsix, which is
// a zip of the extension with two lists of what is in it. Needs nothing but the root's packages.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { zipSync } from "fflate";
import { bundleServer, smallPrettier } from "./bundle-programs.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const home = join(root, "vscode-extension");

/** What is packed as it stands. */
const shipped = ["README.md", "language-configuration.json", "icons", "snippets", "syntaxes", "walkthrough"];

/**
 * Bundles client, pages and servers into `out`.
 *
 * @param {string} out an absolute folder
 */
export async function bundleExtension(out) {
  const common = { bundle: true, minify: true, absWorkingDir: root, logLevel: "warning", legalComments: "none" };
  const from = (path) => join(home, path);
  const define = { strettoVersion: JSON.stringify(productVersion()) };
  await Promise.all([
    build({
      ...common,
      ...{ entryPoints: [from("src/node.ts")], outfile: join(out, "node.js") },
      ...{ platform: "node", target: "node20", format: "cjs", external: ["vscode"] },
    }),
    build({
      ...common,
      ...{ entryPoints: [from("src/browser.ts")], outfile: join(out, "browser.js") },
      ...{ platform: "browser", target: "es2023", format: "cjs", external: ["vscode"] },
    }),
    build({
      ...common,
      entryPoints: ["timeline", "graph"].flatMap((name) => [
        { in: from(`webview/${name}/main.ts`), out: name },
        { in: from(`webview/${name}/${name}.css`), out: name },
      ]),
      ...{ outdir: join(out, "webview"), platform: "browser", target: "es2023", format: "iife" },
    }),
    bundleServer(join(out, "server"), productVersion()),
    build({
      ...common,
      ...{ entryPoints: [from("server/browser.ts")], outfile: join(out, "server/browser.js"), define },
      ...{ platform: "browser", target: "es2023", format: "iife", plugins: [smallPrettier, standardLibrary] },
    }),
  ]);
}

/** What of the extension are modules, which all else of it is not. */
const modules = { "out/server/package.json": '{ "type": "module" }\n' };

/** `stretto:standard-library` is an object of the texts of std/ by name. */
const standardLibrary = {
  name: "standard library",
  setup(bundle) {
    const filter = /^stretto:standard-library$/;
    bundle.onResolve({ filter }, ({ path }) => ({ path, namespace: "stretto" }));
    bundle.onLoad({ filter, namespace: "stretto" }, () => ({
      contents: JSON.stringify(Object.fromEntries(filesOf(join(root, "std")))),
      loader: "json",
    }));
  },
};

/** @returns {[string, string][]} paths from the folder, `/` between folders, and texts */
function filesOf(folder) {
  return pathsBelow(folder).map((path) => [path, readFileSync(join(folder, path), "utf8")]);
}

function pathsBelow(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => relative(folder, join(entry.parentPath, entry.name)));
  return paths.map((path) => path.split(sep).join("/")).sort();
}

/**
 * Bundles and packs.
 *
 * @param {string} [out] an absolute folder
 * @returns {Promise<{ path: string, bytes: number, files: Readonly<Record<string, number>> }>} the package, and what is in it
 */
export async function packageExtension(out = join(home, "out")) {
  rmSync(out, { recursive: true, force: true });
  await bundleExtension(out);
  const manifest = shippedManifest();
  const files = new Map([["package.json", Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`)]]);
  const add = (folder, path, as) => files.set(as, readFileSync(join(folder, path)));
  for (const [path, text] of Object.entries(modules)) files.set(path, Buffer.from(text));
  for (const path of pathsBelow(out)) add(out, path, `out/${path}`);
  for (const path of pathsBelow(home).filter((each) => shipped.includes(each.split("/")[0]))) add(home, path, path);
  for (const path of pathsBelow(join(root, "std"))) add(join(root, "std"), path, `std/${path}`);
  // Hovers and diagnostics lead to these pages.
  for (const path of pathsBelow(join(root, "docs/diagnostics")))
    add(root, `docs/diagnostics/${path}`, `docs/diagnostics/${path}`);
  add(root, "LICENSE", "LICENSE.txt");

  const zipped = { "[Content_Types].xml": Buffer.from(contentTypes(files)) };
  zipped["extension.vsixmanifest"] = Buffer.from(vsixManifest(manifest));
  // In one order and with one date, so that the same sources make the same package.
  for (const [path, bytes] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) zipped[`extension/${path}`] = bytes;
  const packed = zipSync(zipped, { level: 9, mtime: "1980-01-01T00:00:00" });
  const path = join(out, `stretto-${manifest.version}.vsix`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, packed);
  const sizes = Object.fromEntries([...files].map(([name, bytes]) => [name, bytes.length]));
  return { path, bytes: packed.length, files: sizes };
}

/** The bundles are no modules, unlike the sources. */
function shippedManifest() {
  const manifest = JSON.parse(readFileSync(join(home, "package.json"), "utf8"));
  delete manifest.type;
  delete manifest.private;
  return { ...manifest, version: productVersion() };
}

const productVersion = () => JSON.parse(readFileSync(join(root, "package.json"), "utf8")).version;

const types = {
  cjs: "application/javascript",
  css: "text/css",
  js: "application/javascript",
  json: "application/json",
  md: "text/markdown",
  mjs: "application/javascript",
  png: "image/png",
  stretto: "text/plain",
  svg: "image/svg+xml",
  txt: "text/plain",
  vsixmanifest: "text/xml",
};

function contentTypes(files) {
  const endings = new Set([...files.keys(), "extension.vsixmanifest"].map((path) => path.split(".").at(-1)));
  const lines = [...endings].sort().map((ending) => `<Default Extension=".${ending}" ContentType="${types[ending]}"/>`);
  return `<?xml version="1.0" encoding="utf-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">${lines.join("")}</Types>
`;
}

function vsixManifest({ name, displayName, description, version, publisher, engines, categories, keywords, icon }) {
  const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
  const property = (id, value) => `<Property Id="Microsoft.VisualStudio.${id}" Value="${escaped(value)}"/>`;
  const asset = (type, path) =>
    `<Asset Type="Microsoft.VisualStudio.${type}" Path="extension/${path}" Addressable="true"/>`;
  return `<?xml version="1.0" encoding="utf-8"?>
<PackageManifest Version="2.0.0" xmlns="http://schemas.microsoft.com/developer/vsx-schema/2011">
  <Metadata>
    <Identity Language="en-US" Id="${name}" Version="${version}" Publisher="${publisher}"/>
    <DisplayName>${escaped(displayName)}</DisplayName>
    <Description xml:space="preserve">${escaped(description)}</Description>
    <Tags>${keywords.join(",")}</Tags>
    <Categories>${categories.join(",")}</Categories>
    <License>extension/LICENSE.txt</License>
    <Icon>extension/${icon}</Icon>
    <Properties>
      ${property("Code.Engine", engines.vscode)}
      ${property("Code.ExtensionKind", "workspace")}
      ${property("Services.Content.Details", "true")}
    </Properties>
  </Metadata>
  <Installation><InstallationTarget Id="Microsoft.VisualStudio.Code"/></Installation>
  <Dependencies/>
  <Assets>
    ${asset("Code.Manifest", "package.json")}
    ${asset("Services.Content.Details", "README.md")}
    ${asset("Services.Content.License", "LICENSE.txt")}
    ${asset("Services.Icons.Default", icon)}
  </Assets>
</PackageManifest>
`;
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const { path, bytes } = await packageExtension();
  console.log(`${relative(process.cwd(), path)}: ${(bytes / 1e6).toFixed(2)} MB`);
}
