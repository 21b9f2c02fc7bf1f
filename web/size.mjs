// The first load: every script that index.html brings before anything is asked for. Over the limit the build fails.
import { readFileSync } from "node:fs";
import { brotliCompressSync, constants } from "node:zlib";

const limit = 250 * 1024;
const html = readFileSync("dist/index.html", "utf8");
const names = new Set([...html.matchAll(/(?:src|href)="\/(assets\/[^"]+\.js)"/g)].map((m) => m[1]));
const queue = [...names];
for (const name of queue) {
  const text = readFileSync(`dist/${name}`, "utf8");
  for (const m of text.matchAll(/(?:^|[;}\s])import\s*(?:[\w*{},\s$]+from\s*)?"\.\/([^"]+\.js)"/g)) {
    const other = `assets/${m[1]}`;
    if (!names.has(other)) {
      names.add(other);
      queue.push(other);
    }
  }
}
let total = 0;
for (const name of names) {
  const size = brotliCompressSync(readFileSync(`dist/${name}`), { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }).length;
  total += size;
  console.log(`${name} ${(size / 1024).toFixed(1)} kB`);
}
console.log(`first load: ${(total / 1024).toFixed(1)} kB of ${limit / 1024} kB`);
if (total > limit) process.exit(1);
