using System.Diagnostics;
using CongVu.Formats.Files;

namespace CongVu.Formats.Tests.Files;

/// <summary>Files made by zip, 7z, tar, gzip, bzip2, xz, gcc and others, each with what is to be said of it.</summary>
public sealed class AttachmentCasesTests(AttachmentFiles files) : IClassFixture<AttachmentFiles>
{
    public static TheoryData<int, string, string> Cases => [.. AttachmentFiles.Rows.Select((r, i) => (i, r.Name, r.Expected))];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Each_is_known_by_what_is_in_it(int index, string name, string expected)
    {
        using var file = File.OpenRead(files.PathOf(index));
        var report = FileWalk.OfFile(file, name, new(), files.Folder, withTexts: false, TestContext.Current.CancellationToken);
        Assert.Equal(expected, report.Findings is [var gravest, ..] ? $"{gravest.Concern}" : "-");
    }

    [Fact]
    public void There_are_enough_of_them() => Assert.True(AttachmentFiles.Rows.Length >= 120);

    [Fact]
    public void Texts_of_documents_are_read()
    {
        foreach (var name in (string[])["plain.docx", "plain.xlsx", "plain.pptx", "plain.odt", "plain.pdf"])
        {
            using var file = File.OpenRead(Path.Combine(files.Parts, name));
            var report = FileWalk.OfFile(file, name, new(), files.Folder, withTexts: true, TestContext.Current.CancellationToken);
            Assert.Contains("Xin chao", Assert.Single(report.Texts).Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Nothing_is_left_behind() => Assert.DoesNotContain(Directory.EnumerateFiles(files.Folder), f => Guid.TryParseExact(Path.GetFileName(f), "N", out _));
}

/// <summary>Makes the files of attachments.tsv, all in one run of bash.</summary>
public sealed class AttachmentFiles : IDisposable
{
    public static readonly (string Expected, string Name, string Recipe)[] Rows =
    [
        .. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Files", "attachments.tsv")).Where(l => l.Length > 0 && l[0] != '#')
            .Select(l => l.Split('\t')).Select(f => (f[0], f[1], f[2])),
    ];

    private const string Prepare = """
        mkdir $b && cd $b
        printf 'Ghi chú của phòng\n' > note.txt
        mkdir -p docx/word xlsx/xl/worksheets pptx/ppt/slides odt jar/META-INF apk
        printf '<Types/>' | tee docx/'[Content_Types].xml' xlsx/'[Content_Types].xml' pptx/'[Content_Types].xml' > /dev/null
        printf '<w:document xmlns:w="w"><w:p><w:r><w:t>Xin </w:t></w:r><w:r><w:t>chao</w:t></w:r></w:p></w:document>' > docx/word/document.xml
        printf '<sst><si><t>Xin chao</t></si></sst>' > xlsx/xl/sharedStrings.xml
        printf '<p:sld xmlns:p="p" xmlns:a="a"><a:p><a:t>Xin chao</a:t></a:p></p:sld>' > pptx/ppt/slides/slide1.xml
        for k in docx xlsx pptx; do (cd $k && zip -q -r ../plain.$k .); done
        cp -r docx docx-macro && printf 'x' > docx-macro/word/vbaProject.bin && (cd docx-macro && zip -q -r ../macro.docx .)
        printf '<office:document xmlns:office="o" xmlns:text="t"><text:p>Xin chao</text:p></office:document>' > odt/content.xml
        for k in odt:text ods:spreadsheet odp:presentation; do
          printf "application/vnd.oasis.opendocument.${k#*:}" > odt/mimetype && (cd odt && zip -q -X -0 ../plain.${k%:*} mimetype content.xml)
        done
        printf 'application/vnd.oasis.opendocument.text' > odt/mimetype
        printf 'Manifest-Version: 1.0\n' > jar/META-INF/MANIFEST.MF && printf '\xca\xfe\xba\xbe\x00\x00\x00\x34' > jar/A.class
        printf 'x' > apk/AndroidManifest.xml
        zip -q inner.zip note.txt plain.docx
        printf '%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 100]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>endobj\n4 0 obj<</Length 42>>stream\nBT /F1 18 Tf 10 50 Td (Xin chao) Tj ET    \nendstream endobj\n5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n' > plain.pdf
        at=$(stat -c %s plain.pdf)
        entries=$(for n in 1 2 3 4 5; do printf '%010d 00000 n \\n' $(grep -abo "^$n 0 obj" plain.pdf | cut -d: -f1); done)
        printf "xref\n0 6\n0000000000 65535 f \n${entries}trailer<</Size 6/Root 1 0 R>>\nstartxref\n$at\n%%%%EOF\n" >> plain.pdf
        cp program.dll program.bin; cp program.dll setup.exe
        """;

    public AttachmentFiles()
    {
        Parts = Path.Combine(Folder, "parts");
        var script = new StringWriter();
        script.WriteLine($"export b={Parts}");
        script.WriteLine(Prepare.Replace("cp program.dll program.bin", $"cp {typeof(FileWalk).Assembly.Location} program.dll; cp program.dll program.bin", StringComparison.Ordinal));
        for (var i = 0; i < Rows.Length; i++)
        {
            var (_, name, recipe) = Rows[i];
            if (recipe.StartsWith("ole:", StringComparison.Ordinal))
                File.WriteAllBytes(PathOf(i), OddFiles.Compound(recipe[4..]));
            else if (recipe.StartsWith("rar:", StringComparison.Ordinal))
                File.WriteAllBytes(PathOf(i), OddFiles.Rar(recipe[4..]));
            else
                script.WriteLine($"f={PathOf(i)}; {{ {recipe}; }} || echo 'not made: {name}' >&2");
        }
        var file = Path.Combine(Folder, "make.sh");
        File.WriteAllText(file, script.ToString());
        using var bash = Process.Start(new ProcessStartInfo("/bin/bash", [file]) { RedirectStandardError = true })!;
        var errors = bash.StandardError.ReadToEnd();
        bash.WaitForExit();
        Assert.True(errors.Length == 0, errors);
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("congvu-files-").FullName;

    public string Parts { get; }

    public string PathOf(int index) => Path.Combine(Folder, $"case-{index}");

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
