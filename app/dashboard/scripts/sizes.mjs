/** Hold a build against its budget: `node scripts/sizes.mjs [folder]`. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const KB = 1000;
const folder = process.argv[2] ?? fileURLToPath(new URL("../dist", import.meta.url));
const assets = join(folder, "assets");

const FIRST_LOAD = /^(index|framework|base|trading|rolldown-runtime)-/;
const sizes = readdirSync(assets)
  .sort()
  .map((name) => {
    const content = readFileSync(join(assets, name));
    return { name, raw: content.length, zipped: gzipSync(content, { level: 9 }).length };
  });

function sum(key, wanted) {
  return sizes.filter(({ name }) => wanted.test(name)).reduce((total, size) => total + size[key], 0);
}

const scripts = /\.js$/;
const firstScripts = sizes.filter(({ name }) => scripts.test(name) && FIRST_LOAD.test(name));
const BUDGET = [
  ["scripts of the first load", firstScripts.reduce((total, { zipped }) => total + zipped, 0), 140 * KB],
  ["styles", sum("zipped", /\.css$/), 12 * KB],
  ["analytics", sum("zipped", /^analytics-/), 35 * KB],
  ["builder", sum("zipped", /^builder-/), 10 * KB],
  ["everything, gzipped", sum("zipped", /./), 220 * KB],
  ["everything, raw", sum("raw", /./), 700 * KB],
];
const MOST_FILES = 10;

for (const { name, raw, zipped } of sizes) {
  console.log(
    `${name.padEnd(34)} ${(raw / KB).toFixed(1).padStart(7)} kB ${(zipped / KB).toFixed(1).padStart(7)} kB gzipped`,
  );
}
let isOver = sizes.length > MOST_FILES;
console.log(`${"files".padEnd(34)} ${String(sizes.length).padStart(7)}    of ${MOST_FILES}`);
for (const [what, size, most] of BUDGET) {
  isOver ||= size > most;
  console.log(
    `${what.padEnd(34)} ${(size / KB).toFixed(1).padStart(7)} kB of ${most / KB}${size > most ? "  TOO LARGE" : ""}`,
  );
}
process.exit(isOver ? 1 : 0);
