/**
 * Write `dist/manifest.json`: which sources this build belongs to, and how large it is.
 *
 * tests/dashboard/test_build.py computes the same digest without Node.
 */

import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

const HERE = fileURLToPath(new URL("..", import.meta.url));
const ROOTS = [
  "index.html",
  "package.json",
  "package-lock.json",
  "tsconfig.json",
  "vite.config.ts",
  "public",
  "scripts",
  "src",
];
const IS_TEST = /\.test\.tsx?$|^src\/testing\//;

function files(path) {
  if (!statSync(path).isDirectory()) {
    return [path];
  }
  return readdirSync(path).flatMap((name) => files(join(path, name)));
}

function posix(path) {
  return relative(HERE, path).split(sep).join("/");
}

/** Hash every source that can change the build: name and digest of each, in order of name. */
function digest() {
  const names = ROOTS.flatMap((root) => files(join(HERE, root)))
    .map(posix)
    .filter((name) => !IS_TEST.test(name))
    .sort();
  const whole = createHash("sha256");
  for (const name of names) {
    const content = createHash("sha256")
      .update(readFileSync(join(HERE, name)))
      .digest("hex");
    whole.update(`${content}  ${name}\n`);
  }
  return whole.digest("hex");
}

const target = process.argv[2] ?? join(HERE, "dist");
writeFileSync(join(target, "manifest.json"), `${JSON.stringify({ sources: digest() }, null, 2)}\n`);
