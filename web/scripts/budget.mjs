// First load of each page, gzipped: the entry, the page's chunks and everything they import statically, scripts and styles.
// Fails above the budget. Fonts are counted apart.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const dist = new URL("../dist/", import.meta.url).pathname;
const manifest = JSON.parse(readFileSync(join(dist, ".vite/manifest.json"), "utf8"));
const HEAVIEST = 200_000;
const LOGIN = 130_000;
const FONTS = 50_000;
const size = (file) => gzipSync(readFileSync(join(dist, file)), { level: 9 }).length;

function closure(keys) {
  const seen = new Set();
  const files = new Set();
  const visit = (key) => {
    if (seen.has(key)) return;
    seen.add(key);
    const chunk = manifest[key];
    files.add(chunk.file);
    for (const css of chunk.css ?? []) files.add(css);
    for (const next of chunk.imports ?? []) visit(next);
  };
  keys.forEach(visit);
  return [...files];
}

const entry = Object.keys(manifest).find((key) => manifest[key].isEntry);
const routes = Object.keys(manifest).filter((key) => /src\/routes\/.*\?tsr-split/.test(key));
const messages = Object.keys(manifest).filter((key) => /src\/i18n\/app\.en\.ts$/.test(key));
const layoutOf = (route) =>
  routes.filter((key) => {
    const name = /routes\/(_[a-z]+)\./.exec(route)?.[1];
    return name !== undefined && key.includes(`src/routes/${name}.tsx`);
  });

const html = size("index.html");
let failed = false;
const rows = [];
for (const route of routes) {
  const name = /routes\/(.+)\.tsx/.exec(route)[1];
  const signedIn = name.startsWith("_");
  const keys = [entry, route, ...layoutOf(route), ...(signedIn ? messages : [])];
  const bytes = html + closure(keys).reduce((sum, file) => sum + size(file), 0);
  const limit = name === "login" ? LOGIN : HEAVIEST;
  if (bytes > limit) failed = true;
  rows.push([
    bytes,
    `${(bytes / 1000).toFixed(1).padStart(7)} kB  ${name}${bytes > limit ? `  OVER ${limit / 1000} kB` : ""}`,
  ]);
}
rows.sort((a, b) => b[0] - a[0]);
console.log(
  `First load, gzipped script + style + html:\n${[...new Set(rows.map((row) => row[1]))].join("\n")}`,
);
const assets = join(dist, "assets");
const latin = readdirSync(assets).filter((file) => /inter-latin-wght.*\.woff2$/.test(file));
for (const file of latin) {
  const bytes = statSync(join(assets, file)).size;
  console.log(`${(bytes / 1000).toFixed(1).padStart(7)} kB  ${file}`);
  if (bytes > FONTS) failed = true;
}
if (routes.length === 0 || latin.length === 0) {
  console.error("The build has no split routes or no font: the budget was not measured.");
  failed = true;
}
process.exit(failed ? 1 : 0);
