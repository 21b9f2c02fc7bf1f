using System.Globalization;
using System.IO.Compression;
using System.Security;
using System.Text;

namespace CongVu.Server.Samples;

/// <summary>Small documents for attachments: a page of text as DOCX or PDF.</summary>
internal static class SampleDocuments
{
    // Zip entries with the time of the run would make each run different.
    private static readonly DateTimeOffset EntryTime = new(2022, 3, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>A document in the layout of decree 30/2020/NĐ-CP: motto, number, title, text.</summary>
    public static byte[] Docx(string body, string number, string title, IEnumerable<string> paragraphs)
    {
        var text = new StringBuilder();
        Paragraph(text, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "center", isBold: true);
        Paragraph(text, "Độc lập - Tự do - Hạnh phúc", "center", isBold: true);
        Paragraph(text, body.ToUpperInvariant(), "left", isBold: true);
        Paragraph(text, $"Số: {number}", "left", isBold: false);
        Paragraph(text, title, "center", isBold: true);
        foreach (var paragraph in paragraphs)
            Paragraph(text, paragraph, "both", isBold: false);

        using var file = new MemoryStream();
        using (var zip = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            Entry(zip, "[Content_Types].xml", """<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>""");
            Entry(zip, "_rels/.rels", """<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>""");
            Entry(zip, "word/document.xml", $"""<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{text}<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1134" w:right="1134" w:bottom="1134" w:left="1701"/></w:sectPr></w:body></w:document>""");
        }
        return file.ToArray();
    }

    /// <summary>One page. The fonts that every reader has know no Vietnamese letters, so the marks are left out.</summary>
    public static byte[] Pdf(string title, IEnumerable<string> paragraphs)
    {
        var content = new StringBuilder("BT /F1 14 Tf 72 770 Td 18 TL ");
        foreach (var line in new[] { title, "" }.Concat(paragraphs.SelectMany(p => Wrapped(p, 78).Append(""))))
            content.Append(CultureInfo.InvariantCulture, $"({Plain(line)}) Tj T* /F1 11 Tf ");
        content.Append("ET");

        var file = new StringBuilder("%PDF-1.4\n");
        var offsets = new List<int>();
        void Object(string text)
        {
            offsets.Add(file.Length);
            file.Append(CultureInfo.InvariantCulture, $"{offsets.Count} 0 obj\n{text}\nendobj\n");
        }

        Object("<< /Type /Catalog /Pages 2 0 R >>");
        Object("<< /Type /Pages /Kids [3 0 R] /Count 1 >>");
        Object("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>");
        Object($"<< /Length {content.Length} >>\nstream\n{content}\nendstream");
        Object("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>");
        var table = file.Length;
        file.Append(CultureInfo.InvariantCulture, $"xref\n0 {offsets.Count + 1}\n0000000000 65535 f \n");
        foreach (var offset in offsets)
            file.Append(CultureInfo.InvariantCulture, $"{offset:D10} 00000 n \n");
        file.Append(CultureInfo.InvariantCulture, $"trailer\n<< /Size {offsets.Count + 1} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n");
        return Encoding.ASCII.GetBytes(file.ToString());
    }

    private static string Plain(string text)
    {
        var plain = new StringBuilder(text.Length);
        foreach (var c in text.Normalize(NormalizationForm.FormD))
        {
            if (CharUnicodeInfo.GetUnicodeCategory(c) != UnicodeCategory.NonSpacingMark)
                plain.Append(c switch { 'đ' => 'd', 'Đ' => 'D', '–' => '-', '(' => '[', ')' => ']', '\\' => '/', < (char)0x80 => c, _ => '?' });
        }
        return plain.ToString();
    }

    private static IEnumerable<string> Wrapped(string text, int width)
    {
        var line = new StringBuilder();
        foreach (var word in text.Split(' '))
        {
            if (line.Length + word.Length + 1 > width)
            {
                yield return line.ToString();
                line.Clear();
            }
            line.Append(line.Length == 0 ? "" : " ").Append(word);
        }
        yield return line.ToString();
    }

    private static void Paragraph(StringBuilder target, string text, string align, bool isBold) => target.Append(
        CultureInfo.InvariantCulture,
        $"""<w:p><w:pPr><w:jc w:val="{align}"/><w:spacing w:after="120"/></w:pPr><w:r><w:rPr><w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:cs="Times New Roman"/>{(isBold ? "<w:b/>" : "")}<w:sz w:val="28"/></w:rPr><w:t xml:space="preserve">{SecurityElement.Escape(text)}</w:t></w:r></w:p>""");

    private static void Entry(ZipArchive zip, string name, string text)
    {
        var entry = zip.CreateEntry(name, CompressionLevel.Optimal);
        entry.LastWriteTime = EntryTime;
        using var writer = new StreamWriter(entry.Open(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        writer.Write(text);
    }
}
