/** One page with one line of text. */
export function pdf(text: string): Uint8Array {
  const stream = `BT /F1 24 Tf 72 720 Td (${text}) Tj ET`;
  const objects = ["<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>", "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>", `<</Length ${stream.length}>>stream\n${stream}\nendstream`, "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"];
  let document = "%PDF-1.4\n";
  const places = objects.map((object, n) => {
    const place = document.length;
    document += `${n + 1} 0 obj${object}endobj\n`;
    return place;
  });
  const table = document.length;
  document += `xref\n0 6\n0000000000 65535 f \n${places.map((p) => `${String(p).padStart(10, "0")} 00000 n \n`).join("")}trailer<</Size 6/Root 1 0 R>>\nstartxref\n${table}\n%%EOF`;
  return Buffer.from(document, "latin1");
}
