using System.Text;
using UglyToad.PdfPig;
using UglyToad.PdfPig.DocumentLayoutAnalysis.TextExtractor;

namespace CongVu.Formats.Documents;

/// <summary>The text of PDF files and the files in them.</summary>
public static class PdfText
{
    /// <summary>Pages that are read: marks stand on the first ones.</summary>
    private const int MaxPages = 30;
    private const int MaxFiles = 100;

    /// <summary>Opens a document; <paramref name="file"/> stays open. What cannot be read throws whatever the reader comes upon.</summary>
    public static PdfDocument Open(Stream file)
    {
        file.Position = 0;
        return PdfDocument.Open(file, new ParsingOptions { UseLenientParsing = true, SkipMissingFonts = true });
    }

    /// <summary>Reads up to <paramref name="max"/> characters.</summary>
    public static string Of(PdfDocument document, int max)
    {
        var text = new StringBuilder();
        for (var page = 1; page <= Math.Min(MaxPages, document.NumberOfPages) && text.Length < max; page++)
            text.Append(ContentOrderTextExtractor.GetText(document.GetPage(page))).Append('\n');
        return text.Length > max ? text.ToString(0, max) : text.ToString();
    }

    /// <summary>Files put into the document.</summary>
    public static IEnumerable<(string Name, byte[] Bytes)> Files(PdfDocument document)
    {
        if (!document.Advanced.TryGetEmbeddedFiles(out var files))
            yield break;
        foreach (var file in files.Take(MaxFiles))
            yield return (file.Name, file.Memory.ToArray());
    }
}
