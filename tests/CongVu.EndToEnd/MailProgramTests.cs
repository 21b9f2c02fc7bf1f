using System.Globalization;
using CongVu.Mail.Store;
using CongVu.Server.Configuration;

namespace CongVu.EndToEnd;

/// <summary>Mail programs as people and scripts use them, from Debian's packages (./test installs them).</summary>
public sealed class MailProgramTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Curl_lists_searches_fetches_and_appends()
    {
        await using var server = await RunningServer.StartAsync(Cancellation);
        var an = await server.PersonAsync("an", Cancellation);
        var url = $"imaps://127.0.0.1:{server.Port(ListenerKind.Imaps)}";
        string[] common = ["-sSk", "--user", $"{an}:{RunningServer.Password}"];
        var message = "From: b@other.vn\r\nSubject: tu curl\r\n\r\nxin chào\r\n";
        var file = Path.Combine(server.Folder, "a.eml");
        await File.WriteAllTextAsync(file, message, Cancellation);
        Assert.Equal("", await DoAsync("curl", [.. common, "--upload-file", file, $"{url}/INBOX"]));
        Assert.Contains("* SEARCH 1", await DoAsync("curl", [.. common, $"{url}/INBOX?SUBJECT%20curl"]), StringComparison.Ordinal);
        Assert.Contains("\\Drafts", await DoAsync("curl", [.. common, url + "/"]), StringComparison.Ordinal);
        Assert.Equal(message, await DoAsync("curl", [.. common, $"{url}/INBOX;UID=1"]));
    }

    [Fact]
    public async Task Mbsync_keeps_2000_messages_the_same_on_both_sides()
    {
        await using var server = await RunningServer.StartAsync(Cancellation);
        var an = await server.PersonAsync("an", Cancellation);
        var mbox = Path.Combine(server.Folder, "2000.mbox");
        await File.WriteAllTextAsync(mbox, string.Concat(Enumerable.Range(1, 2000).Select(i => $"From a Mon Jan  1 00:00:00 2024\nSubject: {i}\nMessage-ID: <{i}@example.gov.vn>\n\n{new string('x', i % 500)}\n\n")), Cancellation);
        await server.CommandAsync(Cancellation, "import", an, mbox);

        var maildir = Path.Combine(server.Folder, "maildir");
        Directory.CreateDirectory(maildir);
        var configuration = Path.Combine(server.Folder, "mbsyncrc");
        await File.WriteAllTextAsync(configuration, $"""
            IMAPAccount congvu
            Host 127.0.0.1
            Port {server.Port(ListenerKind.Imaps)}
            User {an}
            Pass {RunningServer.Password}
            SSLType IMAPS
            CertificateFile {Path.Combine(server.DataFolder, "tls", "certificate.pem")}

            IMAPStore far
            Account congvu

            MaildirStore near
            Path {maildir}/
            Inbox {maildir}/INBOX
            SubFolders Verbatim

            Channel all
            Far :far:
            Near :near:
            Patterns INBOX Archive
            Create Both
            Expunge Both
            SyncState *
            """, Cancellation);
        await DoAsync("mbsync", ["-c", configuration, "all"]);
        var cur = Path.Combine(maildir, "INBOX", "cur");
        var fresh = Path.Combine(maildir, "INBOX", "new");
        Assert.Equal(2000, Files(cur, fresh).Length);

        // Here: 10 are read, 5 deleted, 3 are new. There: 7 are flagged, 4 expunged, 2 are new.
        // Their names end in the UID; by name alone, they could be the messages that change on the other side.
        var files = Files(cur, fresh).OrderBy(f => uint.Parse(f.Split(",U=")[1].Split(':')[0], CultureInfo.InvariantCulture)).ToArray();
        for (var i = 0; i < 15; i++)
            File.Move(files[i], Path.Combine(cur, Path.GetFileName(files[i]).Split(':')[0] + (i < 10 ? ":2,S" : ":2,T")));
        for (var i = 0; i < 3; i++)
            await File.WriteAllTextAsync(Path.Combine(fresh, $"170000000{i}.local.host"), $"Subject: near {i}\n\nx\n", Cancellation);
        var principal = (await server.Store.Accounts.FindPrincipalAsync(an, Cancellation))!.Id;
        var inbox = (await server.Store.Mailboxes.FindAsync(principal, "INBOX", Cancellation)).Value.Mailbox.Id;
        await server.Store.Messages.StoreFlagsAsync(principal, inbox, [new(new(1001), new(1007))], new(FlagMode.Add, MessageFlags.Flagged, []), null, Cancellation);
        await server.Store.Messages.StoreFlagsAsync(principal, inbox, [new(new(1101), new(1104))], new(FlagMode.Add, MessageFlags.Deleted, []), null, Cancellation);
        await server.Store.Messages.ExpungeAsync(principal, inbox, null, Cancellation);
        await File.WriteAllTextAsync(mbox, "From a Mon Jan  1 00:00:00 2024\nSubject: far 1\n\nx\n\nFrom a Mon Jan  1 00:00:00 2024\nSubject: far 2\n\nx\n\n", Cancellation);
        await server.CommandAsync(Cancellation, "import", an, mbox);

        await DoAsync("mbsync", ["-c", configuration, "all"]);
        var far = await server.Store.Messages.ReadAsync(inbox, new(1), new(uint.MaxValue), EntryColumns.Flags, int.MaxValue, Cancellation);
        var near = Files(cur, fresh);
        Assert.Equal((1996, 1996), (far.Count, near.Length));
        Assert.Equal((10, 10), (far.Count(e => e.Flags.HasFlag(MessageFlags.Seen)), near.Count(f => HasFlag(f, 'S'))));
        Assert.Equal((7, 7), (far.Count(e => e.Flags.HasFlag(MessageFlags.Flagged)), near.Count(f => HasFlag(f, 'F'))));
        // A third run finds nothing to do.
        await DoAsync("mbsync", ["-c", configuration, "all"]);
        Assert.Equal(near.Order(), Files(cur, fresh).Order());
        Assert.Contains("The store is sound.", await server.CommandAsync(Cancellation, "check"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Neomutt_reads_a_mailbox_and_sends_an_answer()
    {
        await using var server = await RunningServer.StartAsync(Cancellation);
        var (an, binh) = (await server.PersonAsync("an", Cancellation), await server.PersonAsync("binh", Cancellation));
        var file = Path.Combine(server.Folder, "a.eml");
        await File.WriteAllTextAsync(file, $"From: {binh}\nTo: {an}\nSubject: =?utf-8?B?{Convert.ToBase64String("Mời họp"u8)}?=\nMessage-ID: <1@example.gov.vn>\n\nxin chào\n", Cancellation);
        await server.CommandAsync(Cancellation, "import", an, file);
        var configuration = Path.Combine(server.Folder, "muttrc");
        var copy = Path.Combine(server.Folder, "copy.mbox");
        await File.WriteAllTextAsync(configuration, $"""
            set folder = "imaps://127.0.0.1:{server.Port(ListenerKind.Imaps)}/"
            set spool_file = "+INBOX"
            set imap_user = "{an}"
            set imap_pass = "{RunningServer.Password}"
            set smtp_url = "smtps://{an.Replace("@", "%40", StringComparison.Ordinal)}@127.0.0.1:{server.Port(ListenerKind.Submissions)}/"
            set smtp_pass = "{RunningServer.Password}"
            set from = "{an}"
            set copy = no
            set certificate_file = "{Path.Combine(server.DataFolder, "tls", "certificate.pem")}"
            set ssl_verify_host = no
            set mbox_type = mbox
            set confirm_append = no
            set delete = yes
            set quit = yes
            set wait_key = no
            push "<tag-pattern>~A<enter><tag-prefix><copy-message>{copy}<enter>y<quit>"
            """, Cancellation);

        // Sending needs no screen.
        await DoAsync("neomutt", ["-F", configuration, "-s", "Trả lời", "--", binh], "Đồng ý.\n");
        Assert.Equal(1, (await server.Store.Accounts.FindAsync(binh, Cancellation))!.MessageCount);

        // Reading needs a terminal: script(1) is one.
        await DoAsync("script", ["-qec", $"TERM=xterm neomutt -F {configuration}", "/dev/null"]);
        Assert.Contains("xin chào", await File.ReadAllTextAsync(copy, Cancellation), StringComparison.Ordinal);
    }

    private static async Task<string> DoAsync(string program, string[] arguments, string? input = null)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        limit.CancelAfter(TimeSpan.FromMinutes(2));
        var (code, output) = await RunningServer.RunAsync(program, arguments, limit.Token, input);
        Assert.True(code == 0, $"{program}: {code}\n{output}");
        return output;
    }

    private static string[] Files(params string[] folders) => [.. folders.SelectMany(Directory.GetFiles)];

    private static bool HasFlag(string file, char flag) => Path.GetFileName(file).Split(":2,") is [_, var flags] && flags.Contains(flag, StringComparison.Ordinal);
}
