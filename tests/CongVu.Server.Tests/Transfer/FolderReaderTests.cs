using System.Text;
using CongVu.Server.Transfer;

namespace CongVu.Server.Tests.Transfer;

public sealed class FolderReaderTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("congvu-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_maildir_gives_its_messages_with_flags_keywords_and_folders()
    {
        foreach (var sub in new[] { ".", ".Sent", ".C&APQ-ng vi&Hsc-c.2026" })
        {
            Directory.CreateDirectory(Path.Combine(folder, sub, "cur"));
            Directory.CreateDirectory(Path.Combine(folder, sub, "new"));
        }
        Directory.CreateDirectory(Path.Combine(folder, ".no-maildir"));
        Write("dovecot-keywords", "0 $Forwarded\n1 Gấp\n");
        Write("new/1700000100.b.host", "A: new\n\n");
        Write("cur/1700000000.a.host:2,FRSab", "A: one\n\n");
        Write("cur/999.a.host:2,DT", "A: zero\r\n\r\nx\ny");
        Write(".Sent/cur/1.x:2,S", "A: sent\n\n");
        Write(".C&APQ-ng vi&Hsc-c.2026/new/2.x", "A: work\n\n");
        Assert.Equal(
            [
                "|Deleted, Draft||A: zero\r\n\r\nx\ny",
                "|Seen, Answered, Flagged|$Forwarded Gấp|A: one\r\n\r\n",
                "|None||A: new\r\n\r\n",
                "Công việc/2026|None||A: work\r\n\r\n",
                "Sent|Seen||A: sent\r\n\r\n",
            ],
            await ReadAsync(MaildirReader.ReadAsync(folder, TestContext.Current.CancellationToken)));
    }

    [Fact]
    public async Task A_folder_of_files_gives_each_eml_file_and_folders_below()
    {
        Write("b.eml", "A: b\n");
        Write("a.EML", "A: a\r\nlone\n");
        Write("notes.txt", "no");
        Write("sub/deep/c.eml", "A: c\n");
        Assert.Equal(
            ["|None||A: a\r\nlone\n", "|None||A: b\r\n", "sub/deep|None||A: c\r\n"],
            await ReadAsync(EmlReader.ReadAsync(folder, TestContext.Current.CancellationToken)));
    }

    [Theory]
    [InlineData("INBOX", "INBOX")]
    [InlineData("A&-B", "A&B")]
    [InlineData("&MMYwuTDI-", "テスト")]
    [InlineData("&broken", "&broken")]
    [InlineData("&!-", "&!-")]
    public void Names_in_modified_utf7_are_read(string written, string expected) => Assert.Equal(expected, ModifiedUtf7.Decode(written));

    private void Write(string path, string text)
    {
        path = Path.Combine(folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, Encoding.UTF8.GetBytes(text));
    }

    private static async Task<List<string>> ReadAsync(IAsyncEnumerable<ImportedMessage> messages)
    {
        var found = new List<string>();
        await foreach (var message in messages)
        {
            using var copy = new MemoryStream();
            await message.CopyAsync((bytes, token) => copy.WriteAsync(bytes, token), CancellationToken.None);
            found.Add($"{message.Folder}|{message.Flags}|{string.Join(' ', message.Keywords)}|{Encoding.UTF8.GetString(copy.ToArray())}");
        }
        return found;
    }
}
