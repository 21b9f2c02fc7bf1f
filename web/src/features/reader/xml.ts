/** An element of a document, with its texts among its children. Names keep their prefixes. */
export interface Element {
  name: string;
  attributes: Record<string, string>;
  children: (Element | string)[];
}

const maxDepth = 200;
const maxNodes = 2_000_000;

/** Reads the XML of office documents, which is well formed and has no DTD; of what is not, what was read until then. */
export function readXml(text: string): Element {
  const root: Element = { name: "", attributes: {}, children: [] };
  const open: Element[] = [root];
  let nodes = 0;
  for (const match of text.matchAll(/<!--[\s\S]*?-->|<!\[CDATA\[([\s\S]*?)\]\]>|<[?!][^>]*>|<(\/?)([^\s/>]+)((?:[^>"']|"[^"]*"|'[^']*')*?)(\/?)>|([^<]+)/g)) {
    if (++nodes > maxNodes) break;
    const [, cdata, closing, name, attributes, empty, plain] = match;
    const parent = open.at(-1)!;
    if (plain !== undefined) parent.children.push(decode(plain));
    else if (cdata !== undefined) parent.children.push(cdata);
    else if (name === undefined) continue;
    else if (closing) {
      if (open.length > 1) open.pop();
    } else {
      const element: Element = { name, attributes: {}, children: [] };
      for (const [, key, double, single] of (attributes ?? "").matchAll(/([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)) element.attributes[key!] = decode(double ?? single ?? "");
      parent.children.push(element);
      if (!empty) {
        if (open.length > maxDepth) break;
        open.push(element);
      }
    }
  }
  return root;
}

/** The elements of these names below an element, in order; it is not looked within one that was found. */
export function find(element: Element, ...names: string[]): Element[] {
  return element.children.flatMap((child) => (typeof child === "string" ? [] : names.includes(child.name) ? [child] : find(child, ...names)));
}

export function textOf(element: Element): string {
  return element.children.map((child) => (typeof child === "string" ? child : textOf(child))).join("");
}

const entities: Record<string, string> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

function decode(text: string): string {
  return text.replace(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, (whole, decimal?: string, hex?: string, name?: string) => {
    const code = decimal ? Number(decimal) : hex ? Number.parseInt(hex, 16) : null;
    if (code === null) return entities[name ?? ""] ?? whole;
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : "";
  });
}
