using System.IO.Compression;
using System.Net;
using System.Text;
using CongVu.Mail.Delivery;
using CongVu.Mail.Delivery.Inspect;
using CongVu.Mail.Delivery.Inspect.Spam;
using CongVu.Mail.Dns;
using CongVu.Mail.Smtp;
using CongVu.Mail.Store;
using CongVu.Mail.Tests.Connections;
using CongVu.Mail.Tests.Dns;
using CongVu.Mail.Tests.Store;
using Microsoft.Extensions.Logging.Abstractions;

namespace CongVu.Mail.Tests.Delivery;

/// <summary>A server that inspects, on either database, and messages with files for it.</summary>
public abstract class InspectionFixture(Backend backend) : StoreFixture(backend), IAsyncDisposable
{
    protected static readonly IPAddress Outside = IPAddress.Parse("203.0.113.7");

    protected LocalDns Dns { get; } = new();

    protected MailPath Path { get; private set; } = null!;

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        await Dns.DisposeAsync();
        await DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected Task StartAsync(InspectionPolicy? policy = null, IReadOnlyList<string>? lists = null, ClamdScanner? clamd = null, RspamdClient? rspamd = null)
    {
        var dns = new DnsResolver([Dns.Address], Clock);
        var sender = new SenderInspection("mx.example.vn", dns.LookupAsync, InspectedPeers.Outside, []);
        Path = new(Store, new(), new(sender), new(policy ?? new(), Store.Contents.Spool, clamd, new(new(Store.SpamWords, lists ?? [], dns.LookupAsync), rspamd)));
        return Task.CompletedTask;
    }

    /// <summary>Sends by SMTP, from outside or as An, and returns the reply to its data, all lines.</summary>
    protected async Task<string> SendAsync(string message, bool submitted = false, string to = "binh@example.vn")
    {
        var server = new SmtpServer(Store, Path, new() { HostName = "mx.example.vn" }, Clock, NullLogger<SmtpServer>.Instance);
        if (submitted)
        {
            var author = await Store.Accounts.FindPrincipalAsync("an@example.vn", Cancellation);
            await Store.Accounts.SetPasswordAsync(author!.Id, "pass", mustChange: false, "test", Cancellation);
            if (to == "binh@example.vn" && (await Store.Accounts.LookupAsync(to, Cancellation)).Status == AddressStatus.Unknown)
                await PersonAsync("binh");
        }
        else if ((await Store.Accounts.LookupAsync(to, Cancellation)).Status == AddressStatus.Unknown)
        {
            await PersonAsync("binh");
        }
        await using var client = new InMemoryClient(context => server.ServeAsync(context, submitted ? SmtpRole.Submission : SmtpRole.Inbound, implicitTls: false, CancellationToken.None), submitted ? IPAddress.Loopback : Outside);
        await client.ReadLineAsync(Cancellation);
        await CommandAsync(client, "EHLO peer");
        if (submitted)
            Assert.StartsWith("235", await CommandAsync(client, "AUTH PLAIN AGFuQGV4YW1wbGUudm4AcGFzcw=="), StringComparison.Ordinal);
        Assert.StartsWith("250", await CommandAsync(client, submitted ? "MAIL FROM:<an@example.vn>" : "MAIL FROM:<ai@ngoai.vn>"), StringComparison.Ordinal);
        Assert.StartsWith("250", await CommandAsync(client, $"RCPT TO:<{to}>"), StringComparison.Ordinal);
        Assert.StartsWith("354", await CommandAsync(client, "DATA"), StringComparison.Ordinal);
        if (submitted && !message.Contains("From: an@", StringComparison.Ordinal))
            message = message.Replace("From: ai@ngoai.vn", "From: an@example.vn", StringComparison.Ordinal);
        return await CommandAsync(client, message.ReplaceLineEndings("\n").TrimEnd('\n').Replace("\n", "\r\n", StringComparison.Ordinal) + "\r\n.");
    }

    protected static string Plain(string subject, string text) =>
        $"From: ai@ngoai.vn\nTo: binh@example.vn\nSubject: {subject}\nMessage-ID: <{Guid.NewGuid():N}@ngoai.vn>\nDate: Mon, 2 Mar 2026 08:00:00 +0700\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n{text}\n";

    protected static string Mime(string subject, (string Name, byte[] Bytes) file, string from = "ai@ngoai.vn")
    {
        var message = new MimeKit.MimeMessage { Subject = subject };
        message.From.Add(MimeKit.MailboxAddress.Parse(from));
        message.To.Add(MimeKit.MailboxAddress.Parse("binh@example.vn"));
        var body = new MimeKit.BodyBuilder { TextBody = "Xin chào, gửi tệp." };
        body.Attachments.Add(file.Name, file.Bytes, new MimeKit.ContentType("application", "octet-stream"));
        message.Body = body.ToMessageBody();
        using var bytes = new MemoryStream();
        message.WriteTo(bytes, TestContext.Current.CancellationToken);
        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    protected static byte[] Zip(string name, byte[] bytes)
    {
        using var file = new MemoryStream();
        using (var zip = new ZipArchive(file, ZipArchiveMode.Create))
        {
            using var entry = zip.CreateEntry(name).Open();
            entry.Write(bytes);
        }
        return file.ToArray();
    }

    protected static byte[] Docx(params string[] lines)
    {
        using var file = new MemoryStream();
        using (var zip = new ZipArchive(file, ZipArchiveMode.Create))
        {
            using (var types = new StreamWriter(zip.CreateEntry("[Content_Types].xml").Open()))
                types.Write("<Types/>");
            using var document = new StreamWriter(zip.CreateEntry("word/document.xml").Open());
            document.Write($"<w:document xmlns:w=\"w\"><w:body>{string.Concat(lines.Select(l => $"<w:p><w:r><w:t>{l[..1]}</w:t></w:r><w:r><w:t>{l[1..]}</w:t></w:r></w:p>"))}</w:body></w:document>");
        }
        return file.ToArray();
    }

    protected async Task<string> OnlyAsync(PrincipalId who, string mailbox)
    {
        var entry = Assert.Single(await EntriesAsync((await MailboxAsync(who, mailbox)).Id, EntryColumns.Message | EntryColumns.Data));
        await using var reader = await Store.Messages.OpenContentAsync(entry, Cancellation);
        using var text = new StreamReader(reader.AsStream(), Encoding.UTF8);
        return await text.ReadToEndAsync(Cancellation);
    }

    private static async Task<string> CommandAsync(InMemoryClient client, string command)
    {
        await client.SendAsync(Encoding.UTF8.GetBytes(command + "\r\n"));
        var reply = new StringBuilder();
        string? line;
        do
        {
            line = await client.ReadLineAsync(Cancellation);
            reply.Append(line).Append("\r\n");
        }
        while (line is { Length: > 3 } && line[3] == '-');
        return reply.ToString();
    }
}
