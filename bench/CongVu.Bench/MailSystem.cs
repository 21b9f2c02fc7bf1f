using System.Diagnostics;
using MailKit;
using MailKit.Net.Imap;
using MailKit.Security;

namespace CongVu.Bench;

/// <summary>A mail system under test: SMTP and IMAP ports, and accounts user1 … and user, 2user, 3user … (as smtp-source names recipients).</summary>
internal abstract class MailSystem : IAsyncDisposable
{
    internal const string Password = "testpass";

    internal abstract string Name { get; }

    internal int SmtpPort { get; init; }

    internal int ImapPort { get; init; }

    /// <summary>Messages in INBOX of all these accounts, asked by IMAP.</summary>
    internal async Task<long> CountAsync(IReadOnlyList<string> accounts)
    {
        long count = 0;
        foreach (var account in accounts)
        {
            using var client = new ImapClient();
            await client.ConnectAsync("127.0.0.1", ImapPort, SecureSocketOptions.None);
            await client.AuthenticateAsync(account, Password);
            await client.Inbox.StatusAsync(StatusItems.Count);
            count += client.Inbox.Count;
            await client.DisconnectAsync(true);
        }
        return count;
    }

    /// <summary>Waits until nothing is left to be indexed; seconds.</summary>
    internal virtual Task<double> DrainIndexAsync() => Task.FromResult(0.0);

    public abstract ValueTask DisposeAsync();
}

/// <summary>Postfix with Dovecot behind it by LMTP, from Debian, by the scripts in BENCH_PEERS.</summary>
internal sealed class Peer : MailSystem
{
    private readonly string folder;
    private readonly string scripts;

    private Peer(string folder, string scripts)
    {
        this.folder = folder;
        this.scripts = scripts;
    }

    internal override string Name => "Postfix + Dovecot";

    internal static async Task<Peer> StartAsync(int recipients)
    {
        var scripts = Environment.GetEnvironmentVariable("BENCH_PEERS") ?? "../shared/peers";
        var folder = Directory.CreateTempSubdirectory("congvu-peer-").FullName;
        File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        var peer = new Peer(folder, scripts) { SmtpPort = 10025, ImapPort = 10143 };
        await peer.ScriptAsync("peer-dovecot.sh", "start");
        await peer.ScriptAsync("peer-postfix.sh", "start");
        await File.AppendAllLinesAsync(Path.Combine(folder, "users"), Enumerable.Range(0, recipients + 1).Select(i => $"{i}user:{{PLAIN}}{Password}").Append($"user:{{PLAIN}}{Password}"));
        await Programs.WaitForPortAsync(10025);
        await Programs.WaitForPortAsync(10143);
        return peer;
    }

    public override async ValueTask DisposeAsync()
    {
        await ScriptAsync("peer-postfix.sh", "stop");
        await ScriptAsync("peer-dovecot.sh", "stop");
        Directory.Delete(folder, recursive: true);
    }

    // Servers keep the script's output open, so it goes to a file.
    private async Task ScriptAsync(string script, string verb) => await Programs.RunAsync(
        "/bin/bash", ["-c", $"\"$0\" {verb} >\"$PEER_DIR/{script}.log\" 2>&1 </dev/null", Path.GetFullPath(Path.Combine(scripts, script))], new Dictionary<string, string> { ["PEER_DIR"] = folder });
}

/// <summary>This system: the program of ./congvu serve on a new data folder.</summary>
internal sealed class OurSystem : MailSystem
{
    private readonly string folder;
    private readonly string? postgres;
    private readonly Process process;

    private OurSystem(string folder, string? postgres, Process process)
    {
        this.folder = folder;
        this.postgres = postgres;
        this.process = process;
    }

    internal override string Name => postgres is null ? "Thư Công Vụ" : "Thư Công Vụ on PostgreSQL";

    internal string Folder => folder;

    /// <summary>Resident memory now, bytes.</summary>
    internal long Memory
    {
        get
        {
            process.Refresh();
            return process.WorkingSet64;
        }
    }

    internal static async Task<OurSystem> StartAsync(int recipients, string? postgres)
    {
        var folder = Directory.CreateTempSubdirectory("congvu-bench-").FullName;
        await using (var store = await CongVu.Mail.Store.MailStore.OpenAsync(new() { Folder = folder, PostgresConnection = postgres }, TimeProvider.System, CancellationToken.None))
        {
            await store.Accounts.AddDomainAsync("example.test", "bench", CancellationToken.None);
            // One hash of the password for all: making thousands takes minutes.
            for (var i = 0; i <= recipients; i++)
                await store.Accounts.AddPersonAsync(new($"{i}user@example.test", $"{i}", null, 1L << 40), "bench", CancellationToken.None);
            await store.Accounts.AddPersonAsync(new("user@example.test", "user", null, 1L << 40), "bench", CancellationToken.None);
            for (var i = 1; i <= 20; i++)
                await store.Accounts.AddPersonAsync(new($"user{i}@example.test", $"{i}", i == 1 ? Password : null, 1L << 40), "bench", CancellationToken.None);
            await store.Database.WriteAsync(tx => tx.ExecuteAsync("UPDATE principals SET password_hash = (SELECT password_hash FROM principals WHERE login = 'user1@example.test')"), CancellationToken.None);
        }
        var (smtp, imap) = (Programs.FreePort(), Programs.FreePort());
        var info = new ProcessStartInfo(Environment.GetEnvironmentVariable("BENCH_PROGRAM") ?? "artifacts/current/congvu", ["serve"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        info.Environment["CONGVU_DATA"] = folder;
        info.Environment["CONGVU_HOST_NAME"] = "mail.example.test";
        info.Environment["CONGVU_LISTEN_SMTP"] = $"127.0.0.1:{smtp}";
        info.Environment["CONGVU_LISTEN_IMAP"] = $"127.0.0.1:{imap}";
        foreach (var name in new[] { "SUBMISSION", "SUBMISSIONS", "IMAPS", "HTTPS", "HTTP" })
            info.Environment[$"CONGVU_LISTEN_{name}"] = "off";
        info.Environment["CONGVU_LOG_LEVEL"] = "warning";
        if (postgres is not null)
            info.Environment["CONGVU_DATABASE"] = postgres;
        var process = Process.Start(info)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, line) => Console.Error.WriteLine(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await Programs.WaitForPortAsync(smtp);
        await Programs.WaitForPortAsync(imap);
        return new(folder, postgres, process) { SmtpPort = smtp, ImapPort = imap };
    }

    internal override async Task<double> DrainIndexAsync()
    {
        var watch = Stopwatch.StartNew();
        await using var store = await CongVu.Mail.Store.MailStore.OpenAsync(new() { Folder = folder, PostgresConnection = postgres }, TimeProvider.System, CancellationToken.None);
        while (await store.Search.BacklogAsync(CancellationToken.None) > 0)
            await Task.Delay(20);
        return watch.Elapsed.TotalSeconds;
    }

    public override async ValueTask DisposeAsync()
    {
        await Programs.RunAsync("kill", ["-TERM", $"{process.Id}"]);
        await process.WaitForExitAsync();
        process.Dispose();
        Directory.Delete(folder, recursive: true);
    }
}
