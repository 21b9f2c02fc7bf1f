import { zip } from "fflate";

/** Files of several addresses as one archive; the same name twice gets a number. */
export async function zipOf(files: readonly { name: string; url: string }[]): Promise<Blob> {
  const entries: Record<string, Uint8Array> = {};
  for (const { name, url } of files) {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`http${response.status}`);
    let free = name;
    for (let n = 2; free in entries; n++) free = name.replace(/(\.[^.]*)?$/, (end) => ` (${n})${end}`);
    entries[free] = new Uint8Array(await response.arrayBuffer());
  }
  return new Promise((resolve, reject) => zip(entries, { level: 0 }, (error, bytes) => (error ? reject(error) : resolve(new Blob([bytes.slice().buffer], { type: "application/zip" })))));
}
