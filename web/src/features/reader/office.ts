import { strFromU8, unzipSync } from "fflate";
import { find, readXml, textOf, type Element } from "./xml";

/** What an office document says, without its dress. */
export type Block = { kind: "heading" | "text"; text: string } | { kind: "table"; rows: string[][] };

const maxPart = 30 << 20;
const maxAll = 60 << 20;
const maxRows = 1_000;
const maxColumns = 50;
const maxBlocks = 5_000;

const wanted = /^(?:word\/document\.xml|xl\/(?:workbook|sharedStrings|styles)\.xml|xl\/_rels\/workbook\.xml\.rels|xl\/worksheets\/[^/]+\.xml|ppt\/slides\/slide\d+\.xml|content\.xml)$/;

/** Reads a document of Word, Excel, PowerPoint (OOXML) or OpenDocument. Throws what is none, or too large to look into here. */
export function readOffice(bytes: Uint8Array): Block[] {
  let sum = 0;
  const parts = unzipSync(bytes, {
    filter: ({ name, originalSize }) => {
      if (!wanted.test(name)) return false;
      sum += originalSize;
      if (originalSize > maxPart || sum > maxAll) throw new Error("tooLarge");
      return true;
    },
  });
  const xml = (name: string) => (parts[name] ? readXml(strFromU8(parts[name])) : null);
  const word = xml("word/document.xml");
  if (word) return flow(word, "w:p", "w:tbl", "w:tr", "w:tc").slice(0, maxBlocks);
  if (parts["xl/workbook.xml"]) return sheets(xml);
  const slides = Object.keys(parts).filter((name) => name.startsWith("ppt/slides/"));
  if (slides.length > 0)
    return slides
      .sort((a, b) => a.localeCompare(b, "en", { numeric: true }))
      .flatMap((name, n): Block[] => [{ kind: "heading", text: String(n + 1) }, ...flow(xml(name)!, "a:p", "a:tbl", "a:tr", "a:tc")])
      .slice(0, maxBlocks);
  const open = xml("content.xml");
  if (open) return openDocument(open).slice(0, maxBlocks);
  throw new Error("unknown");
}

// Paragraphs and tables in their order.
function flow(element: Element, paragraph: string, table: string, row: string, cell: string): Block[] {
  return find(element, paragraph, table).flatMap((one): Block[] => {
    if (one.name === table) return [{ kind: "table", rows: limit(find(one, row).map((r) => find(r, cell).map((c) => find(c, paragraph).map(line).join("\n")))) }];
    const text = line(one).trim();
    const style = find(one, "w:pStyle")[0]?.attributes["w:val"] ?? "";
    return text ? [{ kind: /^(heading|title|tiêu)/i.test(style) ? "heading" : "text", text }] : [];
  });
}

function line(paragraph: Element): string {
  return paragraph.children
    .map((child) => {
      if (typeof child === "string") return "";
      if (child.name === "w:t" || child.name === "a:t") return textOf(child);
      if (child.name === "w:tab") return "\t";
      if (child.name === "w:br" || child.name === "w:cr" || child.name === "a:br") return "\n";
      // What was struck by tracked changes is not said.
      return child.name === "w:del" || child.name === "w:pPr" ? "" : line(child);
    })
    .join("");
}

function sheets(xml: (name: string) => Element | null): Block[] {
  const strings = find(xml("xl/sharedStrings.xml") ?? readXml(""), "si").map((si) => find(si, "t").map(textOf).join(""));
  const isDate = dateStyles(xml("xl/styles.xml"));
  const targets = new Map(find(xml("xl/_rels/workbook.xml.rels") ?? readXml(""), "Relationship").map((r) => [r.attributes["Id"], (r.attributes["Target"] ?? "").replace(/^\/?(xl\/)?/, "xl/")]));
  return find(xml("xl/workbook.xml")!, "sheet").flatMap((sheet): Block[] => {
    const page = xml(targets.get(sheet.attributes["r:id"]) ?? "");
    if (!page) return [];
    const rows = find(page, "row").map((row) => {
      const cells: string[] = [];
      for (const cell of find(row, "c")) {
        const column = columnOf(cell.attributes["r"] ?? "");
        if (column >= maxColumns) continue;
        cells[column < 0 ? cells.length : column] = cellText(cell, strings, isDate);
      }
      return Array.from(cells, (text) => text ?? "");
    });
    return [{ kind: "heading", text: sheet.attributes["name"] ?? "" }, { kind: "table", rows: limit(rows) }];
  });
}

function columnOf(reference: string): number {
  const letters = /^[A-Z]{1,3}/.exec(reference)?.[0] ?? "";
  return [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1;
}

function cellText(cell: Element, strings: readonly string[], isDate: (style: number) => boolean): string {
  const value = find(cell, "v").map(textOf).join("");
  const { t, s } = cell.attributes;
  if (t === "s") return strings[Number(value)] ?? "";
  if (t === "inlineStr") return find(cell, "t").map(textOf).join("");
  if (t === "b") return value === "1" ? "✓" : "";
  const number = Number(value);
  if (value === "" || Number.isNaN(number) || t === "str" || t === "e") return value;
  if (isDate(Number(s ?? 0))) {
    // Day 60 of the calendar of spreadsheets, 29 February 1900, never was; days are counted from there.
    const date = new Date(Math.round((number - 25_569) * 86_400_000));
    const two = (n: number) => String(n).padStart(2, "0");
    const time = number % 1 === 0 ? "" : ` ${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`;
    if (!Number.isNaN(date.getTime())) return `${two(date.getUTCDate())}/${two(date.getUTCMonth() + 1)}/${date.getUTCFullYear()}${time}`;
  }
  return new Intl.NumberFormat("vi-VN", { maximumFractionDigits: 6 }).format(number);
}

function dateStyles(styles: Element | null): (style: number) => boolean {
  if (!styles) return () => false;
  const own = new Map(find(styles, "numFmt").map((f) => [f.attributes["numFmtId"], (f.attributes["formatCode"] ?? "").replace(/"[^"]*"|\[[^\]]*\]/g, "")]));
  const formats = find(find(styles, "cellXfs")[0] ?? readXml(""), "xf").map((xf) => xf.attributes["numFmtId"] ?? "0");
  return (style) => {
    const id = formats[style] ?? "0";
    return (Number(id) >= 14 && Number(id) <= 22) || /[dy]/i.test(own.get(id) ?? "");
  };
}

function openDocument(content: Element): Block[] {
  const body = find(content, "office:body")[0] ?? content;
  return find(body, "text:p", "text:h", "table:table", "draw:page").flatMap((one): Block[] => {
    if (one.name === "draw:page") return [{ kind: "heading", text: one.attributes["draw:name"] ?? "" }, ...openDocument({ ...one, name: "office:body" })];
    if (one.name === "table:table") {
      const rows = find(one, "table:table-row").map((row) =>
        find(row, "table:table-cell").flatMap((cell) => {
          const text = find(cell, "text:p").map(openLine).join("\n");
          const times = Math.min(Number(cell.attributes["table:number-columns-repeated"] ?? 1) || 1, text ? maxColumns : 1);
          return Array<string>(times).fill(text);
        }),
      );
      return [{ kind: "heading", text: one.attributes["table:name"] ?? "" }, { kind: "table", rows: limit(rows) }];
    }
    const text = openLine(one).trim();
    return text ? [{ kind: one.name === "text:h" ? "heading" : "text", text }] : [];
  });
}

function openLine(element: Element): string {
  return element.children
    .map((child) => {
      if (typeof child === "string") return child;
      if (child.name === "text:tab") return "\t";
      if (child.name === "text:line-break") return "\n";
      if (child.name === "text:s") return " ".repeat(Math.min(Number(child.attributes["text:c"] ?? 1) || 1, 100));
      return child.name === "office:annotation" ? "" : openLine(child);
    })
    .join("");
}

// Without the empty rows and columns that spreadsheets end with.
function limit(rows: string[][]): string[][] {
  const cut = rows.slice(0, maxRows).map((row) => row.slice(0, maxColumns));
  while (cut.length > 0 && cut.at(-1)!.every((cell) => cell === "")) cut.pop();
  const width = Math.max(0, ...cut.map((row) => row.findLastIndex((cell) => cell !== "") + 1));
  return cut.map((row) => Array.from({ length: width }, (_, n) => row[n] ?? ""));
}
