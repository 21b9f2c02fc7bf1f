import { strToU8, zipSync } from "fflate";
import { expect, test } from "vitest";
import { readOffice } from "./office";
import { readXml, textOf } from "./xml";

const zip = (files: Record<string, string>) => zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)])));

test("a text of Word: headings, paragraphs, tables, without what was struck", () => {
  const xml = `<?xml version="1.0"?><w:document><w:body>
    <w:p><w:pPr><w:pStyle w:val="Heading1"/></w:pPr><w:r><w:t>BÁO CÁO</w:t></w:r></w:p>
    <w:p><w:r><w:t xml:space="preserve">Kết quả </w:t></w:r><w:del><w:r><w:delText>cũ</w:delText></w:r></w:del><w:r><w:t>&lt;quý III&gt;</w:t><w:br/><w:t>hết</w:t></w:r></w:p>
    <w:tbl><w:tr><w:tc><w:p><w:r><w:t>STT</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>Tên</w:t></w:r></w:p></w:tc></w:tr></w:tbl></w:body></w:document>`;
  expect(readOffice(zip({ "word/document.xml": xml }))).toEqual([
    { kind: "heading", text: "BÁO CÁO" },
    { kind: "text", text: "Kết quả <quý III>\nhết" },
    { kind: "table", rows: [["STT", "Tên"]] },
  ]);
});

test("a workbook: shared texts, numbers, dates, places of cells", () => {
  const files = {
    "xl/workbook.xml": '<workbook><sheets><sheet name="Tháng 1" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": '<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>',
    "xl/sharedStrings.xml": "<sst><si><t>Số</t></si><si><r><t>Đắk </t></r><r><t>Mil</t></r></si></sst>",
    "xl/styles.xml": '<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>',
    "xl/worksheets/sheet1.xml": '<worksheet><sheetData><row><c r="A1" t="s"><v>0</v></c><c r="C1" t="s"><v>1</v></c></row><row><c r="A2"><v>1234.5</v></c><c r="B2" s="1"><v>45292</v></c></row><row><c r="A3"/></row></sheetData></worksheet>',
  };
  expect(readOffice(zip(files))).toEqual([
    { kind: "heading", text: "Tháng 1" },
    { kind: "table", rows: [["Số", "", "Đắk Mil"], ["1.234,5", "01/01/2024", ""]] },
  ]);
});

test("slides in their order, and OpenDocument", () => {
  const slide = (text: string) => `<p:sld><a:p><a:r><a:t>${text}</a:t></a:r></a:p></p:sld>`;
  expect(readOffice(zip({ "ppt/slides/slide10.xml": slide("hai"), "ppt/slides/slide2.xml": slide("một") })).map((b) => b.kind !== "table" && b.text)).toEqual(["1", "một", "2", "hai"]);
  const odt = "<office:document-content><office:body><office:text><text:h>Tờ trình</text:h><text:p>Kính<text:s text:c=\"2\"/>gửi</text:p></office:text></office:body></office:document-content>";
  expect(readOffice(zip({ "content.xml": odt }))).toEqual([{ kind: "heading", text: "Tờ trình" }, { kind: "text", text: "Kính  gửi" }]);
});

test("what is no document, or a bomb, is refused", () => {
  expect(() => readOffice(zip({ "a.txt": "x" }))).toThrow("unknown");
  expect(() => readOffice(strToU8("không phải tệp nén"))).toThrow();
  expect(() => readOffice(zipSync({ "word/document.xml": new Uint8Array(31 << 20) }))).toThrow("tooLarge");
});

test("entities are not expanded, broken XML is read as far as it goes", () => {
  expect(textOf(readXml('<!DOCTYPE x [<!ENTITY a "b">]><x>&a;&#x110;&amp;</x>')).trim()).toContain("&a;Đ&");
  expect(textOf(readXml("<a><b>một</b></a></a><c>hai"))).toBe("mộthai");
});
