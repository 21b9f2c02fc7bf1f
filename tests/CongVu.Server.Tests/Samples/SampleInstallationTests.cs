using System.IO.Compression;
using CongVu.Formats.Mime;
using CongVu.Mail.Store;
using CongVu.Server.Samples;
using MimeKit;

namespace CongVu.Server.Tests.Samples;

public sealed class SampleInstallationTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 3, 0, 0, TimeSpan.Zero);
    private readonly string folder = Directory.CreateTempSubdirectory("congvu-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_new_installation_gets_people_and_months_of_sound_mail_the_same_each_time()
    {
        var first = await FillAsync("a");
        Assert.Equal(first, await FillAsync("b"));
        Assert.InRange(first.Select(line => line.Split('|')[1]).Distinct().Count(), 60, 200);
        Assert.All(first, line => Assert.InRange(DateTimeOffset.Parse(line.Split('|')[0]), Now.AddDays(-160), Now));
        Assert.Contains(first, line => line.Contains("Giới thiệu phần mềm", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Attachments_are_what_their_names_say_and_meetings_are_invitations()
    {
        await FillAsync("a");
        await using var store = await MailStore.OpenAsync(new() { Folder = Path.Combine(folder, "a") }, TimeProvider.System, Cancellation);
        var (documents, prints, meetings) = (0, 0, 0);
        await foreach (var (_, message) in MessagesAsync(store, SampleOffice.Clerk))
        {
            foreach (var part in message.BodyParts.OfType<MimeKit.MimePart>())
            {
                using var bytes = new MemoryStream();
                await part.Content!.DecodeToAsync(bytes, Cancellation);
                bytes.Position = 0;
                if (part.FileName?.EndsWith(".docx", StringComparison.Ordinal) == true)
                {
                    using var zip = new ZipArchive(bytes);
                    Assert.NotNull(zip.GetEntry("word/document.xml"));
                    documents++;
                }
                else if (part.FileName?.EndsWith(".pdf", StringComparison.Ordinal) == true)
                {
                    Assert.True(bytes.ToArray().AsSpan().StartsWith("%PDF-1.4\n"u8));
                    prints++;
                }
                else if (part.ContentType.IsMimeType("text", "calendar"))
                {
                    Assert.Equal("REQUEST", part.ContentType.Parameters["method"]);
                    meetings++;
                }
            }
        }
        Assert.True(documents > 3 && prints > 3 && meetings > 3, $"{documents} {prints} {meetings}");
    }

    // Every message of every mailbox on a line: date, subject, flags.
    private async Task<List<string>> FillAsync(string name)
    {
        var options = new StoreOptions { Folder = Path.Combine(folder, name), Migrations = [CongVu.Governance.GovernanceStore.Migrations] };
        await SampleInstallation.FillAsync(options, Now, Cancellation);
        await using var store = await MailStore.OpenAsync(options, TimeProvider.System, Cancellation);
        var findings = new List<StoreFinding>();
        await new StoreCheck(store).RunAsync(findings.Add, null, Cancellation);
        Assert.Empty(findings);
        var lines = new List<string>();
        foreach (var account in SampleOffice.All.Where(a => !a.IsOrganization))
        {
            await foreach (var (entry, message) in MessagesAsync(store, account))
                lines.Add($"{entry.Received:O}|{message.Subject!.Normalize()}|{entry.Flags}");
        }
        return lines;
    }

    private static async IAsyncEnumerable<(Entry Entry, MimeMessage Message)> MessagesAsync(MailStore store, SampleAccount account)
    {
        var who = (await store.Accounts.FindPrincipalAsync($"{account.Local}@{SampleOffice.Domain}", Cancellation))!.Id;
        foreach (var mailbox in await store.Mailboxes.ListAsync(who, Cancellation))
        {
            foreach (var entry in await store.Messages.ReadAsync(mailbox.Mailbox.Id, new(1), new(uint.MaxValue), EntryColumns.Message | EntryColumns.Facts | EntryColumns.Data, int.MaxValue, Cancellation))
            {
                await using var reader = await store.Messages.OpenContentAsync(entry, Cancellation);
                await using var stream = reader.AsStream();
                var message = await MimeMessage.LoadAsync(stream, Cancellation);
                // What lists show is what an independent parser reads.
                Assert.Equal(message.Subject!.Normalize(), MessageFacts.Deserialize(entry.Facts).Subject);
                yield return (entry, message);
            }
        }
    }
}
