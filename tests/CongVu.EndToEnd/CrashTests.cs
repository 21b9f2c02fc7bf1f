using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using CongVu.Mail.Store;

namespace CongVu.EndToEnd;

/// <summary>What was answered 250 is there exactly once, whatever ends the server.</summary>
public sealed class CrashTests
{
    private const int Connections = 20;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    // CRASH_ROUNDS=50 for the long run.
    private static int Rounds => int.Parse(Environment.GetEnvironmentVariable("CRASH_ROUNDS") ?? "3", CultureInfo.InvariantCulture);

    [Fact]
    public async Task Every_message_answered_250_is_there_once_after_a_kill_at_any_moment()
    {
        await using var server = new ServerProcess();
        await AddPeopleAsync(server);
        var random = new Random();
        var (accepted, offered) = (new ConcurrentDictionary<string, bool>(), new ConcurrentDictionary<string, bool>());
        for (var round = 0; round < Rounds; round++)
        {
            await server.StartAsync(Cancellation);
            using var stop = new CancellationTokenSource();
            var load = Enumerable.Range(0, Connections).Select(n => LoadAsync(server, n, $"{round}", accepted, offered, stop.Token)).ToArray();
            // The moment is what is random here; it counts from the first acceptance, which a busy machine takes its time for.
            while (!accepted.Keys.Any(subject => subject.StartsWith($"{round}-", StringComparison.Ordinal)))
                await Task.Delay(5, Cancellation);
            await Task.Delay(random.Next(100, 900), Cancellation);
            await server.KillAsync();
            await stop.CancelAsync();
            await Task.WhenAll(load);
            await CheckAsync(server, accepted, offered);
        }
        Assert.True(accepted.Count >= Rounds, $"{accepted.Count} messages were accepted");
        TestContext.Current.SendDiagnosticMessage($"{Rounds} kills, {accepted.Count} messages accepted, {offered.Count} offered");
    }

    [Fact]
    public async Task A_failed_sync_answers_451_and_ends_the_server_with_a_clean_store()
    {
        await using var server = new ServerProcess();
        await AddPeopleAsync(server);
        await server.StartAsync(Cancellation, "strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fsync,fdatasync", "-e", "inject=fsync,fdatasync:error=EIO:when=40+");
        var accepted = new List<string>();
        var refused = "";
        for (var i = 0; i < 200 && refused.Length == 0; i++)
        {
            await using var smtp = await RawSmtp.ConnectAsync(server.SmtpPort, Cancellation);
            var reply = await smtp.SendAsync("a@other.vn", "p0@example.vn", $"sync-{i}", Cancellation);
            if (reply.StartsWith("250", StringComparison.Ordinal))
                accepted.Add($"sync-{i}");
            else
                refused = reply;
        }
        Assert.StartsWith("451 4.3.0", refused, StringComparison.Ordinal);
        Assert.NotEqual(0, await server.EndedAsync(Cancellation));

        await using var store = await server.OpenStoreAsync(Cancellation);
        var found = await SubjectsAsync(store, "p0@example.vn");
        Assert.All(accepted, subject => Assert.Contains(subject, found));
        Assert.Equal(found.Count, found.Distinct().Count());
        await CleanAsync(store);
    }

    [Fact]
    public async Task The_sync_comes_before_the_250()
    {
        await using var server = new ServerProcess();
        await AddPeopleAsync(server);
        var trace = Path.Combine(server.Folder, "trace");
        await server.StartAsync(Cancellation, "strace", "-f", "-qq", "-s", "200", "-o", trace, "-e", "trace=fsync,fdatasync,sendto,sendmsg,recvfrom,recvmsg");
        await using (var smtp = await RawSmtp.ConnectAsync(server.SmtpPort, Cancellation))
            Assert.StartsWith("250", await smtp.SendAsync("a@other.vn", "p0@example.vn", "traced", Cancellation), StringComparison.Ordinal);
        await server.KillAsync();
        var lines = await File.ReadAllLinesAsync(trace, Cancellation);
        var answered = Array.FindIndex(lines, line => line.Contains("250 2.0.0 Taken", StringComparison.Ordinal) && line.Contains("send", StringComparison.Ordinal));
        var received = Array.FindLastIndex(lines, answered, line => line.Contains("Subject: traced", StringComparison.Ordinal));
        Assert.True(received >= 0 && answered > received, $"{received} {answered}");
        Assert.Contains(lines[received..answered], line => line.Contains("sync(", StringComparison.Ordinal) && line.TrimEnd().EndsWith("= 0", StringComparison.Ordinal) || line.Contains("sync resumed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_full_disk_is_a_temporary_refusal_and_leaves_the_store_clean_and_usable()
    {
        await using var server = await RunningServer.StartAsync(Cancellation);
        var an = await server.PersonAsync("an", Cancellation);
        var pages = await server.Store.Database.WriteAsync(tx => tx.ScalarAsync<long>("PRAGMA page_count"), Cancellation);
        await server.Store.Database.WriteAsync(tx => tx.ScalarAsync<long>($"PRAGMA max_page_count = {pages + 20}"), Cancellation);
        var accepted = 0;
        await using (var smtp = await RawSmtp.ConnectAsync(server.Port(CongVu.Server.Configuration.ListenerKind.Smtp), Cancellation))
        {
            var reply = "";
            while ((reply = await smtp.SendAsync("a@other.vn", an, $"full-{accepted}", Cancellation, body: 50_000)).StartsWith("250", StringComparison.Ordinal))
                accepted++;
            Assert.StartsWith("452 4.3.1", reply, StringComparison.Ordinal);
            await server.Store.Database.WriteAsync(tx => tx.ScalarAsync<long>("PRAGMA max_page_count = 1000000"), Cancellation);
            Assert.StartsWith("250", await smtp.SendAsync("a@other.vn", an, "room again", Cancellation), StringComparison.Ordinal);
        }
        Assert.Equal(accepted + 1, (await SubjectsAsync(server.Store, an)).Count);
        await CleanAsync(server.Store);
    }

    private static async Task AddPeopleAsync(ServerProcess server)
    {
        await using var store = await server.OpenStoreAsync(Cancellation);
        await store.Accounts.AddDomainAsync("example.vn", "test", Cancellation);
        for (var i = 0; i < Connections; i++)
            await store.Accounts.AddPersonAsync(new($"p{i}@example.vn", $"{i}", i == 0 ? "password" : null), "test", Cancellation);
    }

    // Each connection sends to its own person; every other one also to another domain, from the submission port.
    private static async Task LoadAsync(ServerProcess server, int number, string round, ConcurrentDictionary<string, bool> accepted, ConcurrentDictionary<string, bool> offered, CancellationToken stop)
    {
        try
        {
            var submits = number % 4 == 0;
            await using var smtp = await RawSmtp.ConnectAsync(submits ? server.SubmissionPort : server.SmtpPort, stop, submits ? "p0@example.vn" : null);
            for (var i = 0; !stop.IsCancellationRequested; i++)
            {
                var subject = $"{round}-{number}-{i}{(submits ? "-out" : "")}";
                offered[subject] = true;
                var reply = await smtp.SendAsync(submits ? "p0@example.vn" : "a@other.vn", submits ? $"{subject}@elsewhere.vn" : $"p{number}@example.vn", subject, stop, body: i % 10 == 9 ? 300_000 : 2000);
                if (reply.StartsWith("250", StringComparison.Ordinal))
                    accepted[subject] = true;
            }
        }
        catch (Exception error) when (error is IOException or SocketException or OperationCanceledException or EndOfStreamException)
        {
            // It was killed: that is the test.
        }
    }

    private static async Task CheckAsync(ServerProcess server, ConcurrentDictionary<string, bool> accepted, ConcurrentDictionary<string, bool> offered)
    {
        await using var store = await server.OpenStoreAsync(Cancellation);
        var found = new List<string>();
        for (var i = 0; i < Connections; i++)
            found.AddRange(await SubjectsAsync(store, $"p{i}@example.vn"));
        found.AddRange(await store.Database.ReadAsync(tx => tx.QueryAsync("SELECT recipient FROM outbound_recipients", row => row.GetString(0)[..row.GetString(0).IndexOf('@', StringComparison.Ordinal)]), Cancellation));
        Assert.Equal(found.Count, found.Distinct().Count());
        Assert.Empty(accepted.Keys.Except(found));
        Assert.Empty(found.Except(offered.Keys));
        await CleanAsync(store);
    }

    private static async Task<List<string>> SubjectsAsync(MailStore store, string address)
    {
        var who = (await store.Accounts.FindPrincipalAsync(address, Cancellation))!.Id;
        var inbox = (await store.Mailboxes.FindAsync(who, "INBOX", Cancellation)).Value.Mailbox.Id;
        var subjects = new List<string>();
        for (var from = new Uid(1); ;)
        {
            var rows = await store.Messages.ReadAsync(inbox, from, new(uint.MaxValue), EntryColumns.Message | EntryColumns.Facts, 1000, Cancellation);
            if (rows.Count == 0)
                return subjects;
            subjects.AddRange(rows.Select(row => Formats.Mime.MessageFacts.Deserialize(row.Facts).Subject));
            from = new(rows[^1].Uid.Value + 1);
        }
    }

    private static async Task CleanAsync(MailStore store)
    {
        var findings = new List<StoreFinding>();
        await new StoreCheck(store).RunAsync(findings.Add, null, Cancellation);
        Assert.DoesNotContain(findings, f => f.IsDamage);
    }
}

/// <summary>SMTP that gives back what was answered.</summary>
internal sealed class RawSmtp : IAsyncDisposable
{
    private readonly TcpClient client;
    private readonly StreamReader reader;

    private RawSmtp(TcpClient client)
    {
        this.client = client;
        reader = new(client.GetStream(), Encoding.UTF8);
    }

    public static async Task<RawSmtp> ConnectAsync(int port, CancellationToken cancellationToken, string? login = null)
    {
        var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync("127.0.0.1", port, cancellationToken);
        var smtp = new RawSmtp(client);
        await smtp.AnswerAsync(cancellationToken);
        await smtp.AskAsync("EHLO test.vn\r\n", cancellationToken);
        if (login is not null)
            Assert.StartsWith("235", await smtp.AskAsync($"AUTH PLAIN {Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0{login}\0password"))}\r\n", cancellationToken), StringComparison.Ordinal);
        return smtp;
    }

    /// <summary>Sends a message; the last answer.</summary>
    public async Task<string> SendAsync(string from, string to, string subject, CancellationToken cancellationToken, int body = 100)
    {
        foreach (var command in new[] { $"MAIL FROM:<{from}>\r\n", $"RCPT TO:<{to}>\r\n", "DATA\r\n" })
        {
            var answer = await AskAsync(command, cancellationToken);
            if (answer[0] is not ('2' or '3'))
                return answer;
        }
        var random = new Random(subject.GetHashCode(StringComparison.Ordinal));
        var text = new StringBuilder($"From: {from}\r\nSubject: {subject}\r\n\r\n");
        while (text.Length < body)
            text.Append(Convert.ToHexString(BitConverter.GetBytes(random.NextInt64()))).Append(text.Length % 5 == 0 ? "\r\n" : " ");
        return await AskAsync($"{text}\r\n.\r\n", cancellationToken);
    }

    public ValueTask DisposeAsync()
    {
        reader.Dispose();
        client.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<string> AskAsync(string text, CancellationToken cancellationToken)
    {
        await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(text), cancellationToken);
        return await AnswerAsync(cancellationToken);
    }

    private async Task<string> AnswerAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var line = await reader.ReadLineAsync(cancellationToken) ?? throw new EndOfStreamException();
            if (line.Length < 4 || line[3] != '-')
                return line;
        }
    }
}
