using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using CongVu.Mail.Delivery.Inspect;
using CongVu.Mail.Delivery.Inspect.Spam;
using CongVu.Mail.Store;
using CongVu.Mail.Tests.Store;

namespace CongVu.Mail.Tests.Delivery;

/// <summary>ClamAV's clamd and rspamd as Debian has them, with signatures and rules made by hand: nothing is downloaded.</summary>
public sealed class ScannerTests() : InspectionFixture(Backend.Sqlite)
{
    // Put together, so that this file is not itself the test file.
    private static readonly byte[] Eicar = Encoding.ASCII.GetBytes("X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR" + "-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*");
    private const string Gtube = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD" + "-ANTI-UBE-TEST-EMAIL*C.34X";

    [Fact]
    public async Task A_virus_is_refused_both_ways_and_its_sender_here_is_listed()
    {
        var (_, an) = await PersonAsync("an");
        var (_, binh) = await PersonAsync("binh");
        using var clamd = await Clamd.StartAsync(Folder, Cancellation);
        await StartAsync(clamd: new([clamd.Socket], TimeProvider.System));
        var infected = Mime("x", ("a.txt", [.. "Mẫu: "u8, .. Eicar]));
        Assert.StartsWith("550-5.7.1 Thu co vi-rut nen bi tu choi (Quy che, Dieu 12 khoan 5): Eicar-Test-Body", await SendAsync(infected), StringComparison.Ordinal);
        Assert.StartsWith("550-5.7.1 Thu co vi-rut", await SendAsync(infected, submitted: true), StringComparison.Ordinal);
        Assert.StartsWith("250 ", await SendAsync(Mime("x", ("a.txt", "sạch"u8.ToArray()))), StringComparison.Ordinal);
        Assert.Equal(1, (await Store.Mailboxes.QuotaAsync(binh, Cancellation)).MessageCount);
        Assert.Equal(UsageKind.Virus, Assert.Single(await Store.UsageLog.ListAsync(null, an, long.MaxValue, 10, Cancellation)).Kind);
    }

    [Fact]
    public async Task A_scanner_killed_in_the_middle_loses_no_message_and_lets_none_pass_unscanned()
    {
        const int total = 60;
        var (binh, account) = await PersonAsync("binh");
        var clamd = await Clamd.StartAsync(Folder, Cancellation);
        await StartAsync(clamd: new([clamd.Socket], TimeProvider.System));
        var (accepted, deferred, refused) = (0, 0, 0);
        try
        {
            await Parallel.ForEachAsync(Enumerable.Range(0, total), new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = Cancellation }, async (i, _) =>
            {
                if (i == total / 2)
                    clamd.Kill();
                var isVirus = i % 3 == 0;
                var reply = await SendAsync(Mime($"{i}", ("a.txt", isVirus ? [.. "Mẫu: "u8, .. Eicar] : "sạch"u8.ToArray())));
                // Later, and again later, as a server would: until the scanner is back.
                if (reply.StartsWith("451", StringComparison.Ordinal))
                    Interlocked.Increment(ref deferred);
                else if (isVirus)
                    Assert.StartsWith("550-5.7.1 Thu co vi-rut", reply, StringComparison.Ordinal);
                else
                    Assert.StartsWith("250 ", reply, StringComparison.Ordinal);
                Interlocked.Add(ref accepted, reply.StartsWith("250", StringComparison.Ordinal) ? 1 : 0);
                Interlocked.Add(ref refused, reply.StartsWith("550", StringComparison.Ordinal) ? 1 : 0);
            });
        }
        finally
        {
            clamd.Dispose();
        }
        Assert.True(deferred > 0);
        Assert.Equal(total, accepted + deferred + refused);
        Assert.Equal(accepted, (await Store.Mailboxes.QuotaAsync(account, Cancellation)).MessageCount);
        foreach (var entry in await EntriesAsync((await MailboxAsync(binh, "INBOX")).Id, EntryColumns.Message | EntryColumns.Data))
        {
            await using var reader = await Store.Messages.OpenContentAsync(entry, Cancellation);
            using var message = await MimeKit.MimeMessage.LoadAsync(reader.AsStream(), Cancellation);
            Assert.NotEqual(0, int.Parse(message.Subject!, System.Globalization.CultureInfo.InvariantCulture) % 3);
        }

        // Back again, from where it was; and by policy, held instead of deferred.
        await StartAsync(new() { ScannerAway = WhenAway.Hold }, clamd: new([clamd.Socket], TimeProvider.System));
        Assert.Contains("held for review (NotScanned)", await SendAsync(Mime("x", ("a.txt", Eicar[..20]))), StringComparison.Ordinal);
        Assert.Equal(HoldReason.NotScanned, Assert.Single(await Store.Quarantine.ListAsync(onlyOpen: true, 0, 10, Cancellation)).Reason);
        using var again = await Clamd.StartAsync(Folder, Cancellation);
        await StartAsync(clamd: new([again.Socket], TimeProvider.System));
        Assert.StartsWith("250 2.0.0 Taken", await SendAsync(Mime("x", ("a.txt", "sạch"u8.ToArray()))), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_one_backend_is_away_or_silent_the_next_is_asked()
    {
        await PersonAsync("binh");
        using var clamd = await Clamd.StartAsync(Folder, Cancellation);
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var scanner = new ClamdScanner([$"127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}", "/nowhere/clamd.sock", clamd.Socket], TimeProvider.System, TimeSpan.FromSeconds(1));
        for (var i = 0; i < 3; i++)
        {
            using var clean = new MemoryStream("sạch"u8.ToArray());
            Assert.Equal(VirusResult.Clean, (await scanner.ScanAsync(clean, Cancellation)).Result);
            using var infected = new MemoryStream(Eicar);
            Assert.StartsWith("Eicar-Test", (await scanner.ScanAsync(infected, Cancellation)).Name, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Rspamd_judges_and_while_it_is_away_the_embedded_filter_does()
    {
        var (binh, account) = await PersonAsync("binh");
        using var rspamd = await RspamdProcess.StartAsync(Cancellation);
        using var client = new RspamdClient(rspamd.Scan, rspamd.Controller, "mat-khau-thu");
        await StartAsync(rspamd: client);
        Assert.StartsWith("550-5.7.1 Thu bi coi la thu rac", await SendAsync(Plain("x", Gtube)), StringComparison.Ordinal);
        Assert.StartsWith("250 ", await SendAsync(Plain("Lottery test", "Xin chào")), StringComparison.Ordinal);
        Assert.Contains("X-Spam-Status: Yes", await OnlyAsync(binh, "Junk"), StringComparison.Ordinal);
        Assert.Contains("filter=rspamd", await OnlyAsync(binh, "Junk"), StringComparison.Ordinal);
        using var sample = new MemoryStream(Encoding.UTF8.GetBytes(Plain("Học", string.Join(' ', Enumerable.Range(0, 60).Select(i => $"mau{i}thu")))));
        Assert.True(await client.LearnAsync(sample, isSpam: true, Cancellation));
        rspamd.Kill();
        Assert.StartsWith("250 ", await SendAsync(Plain("Họp", "Xin chào")), StringComparison.Ordinal);
        Assert.Contains("filter=embedded", await OnlyAsync(binh, "INBOX"), StringComparison.Ordinal);
        Assert.Equal(2, (await Store.Mailboxes.QuotaAsync(account, Cancellation)).MessageCount);
    }

    /// <summary>A clamd with two signatures of the test file, on a socket of its own.</summary>
    private sealed class Clamd(Process process, string socket) : IDisposable
    {
        public string Socket => socket;

        public static async Task<Clamd> StartAsync(string folder, CancellationToken cancellationToken)
        {
            var place = Directory.CreateDirectory(System.IO.Path.Combine(folder, "clamd")).FullName;
            var signatures = Directory.CreateDirectory(System.IO.Path.Combine(place, "db")).FullName;
            await File.WriteAllTextAsync(System.IO.Path.Combine(signatures, "local.ndb"), $"Eicar-Test-Body:0:*:{Convert.ToHexStringLower(Eicar)}\n", cancellationToken);
            var socket = System.IO.Path.Combine(place, "clamd.sock");
            File.Delete(socket);
            var configuration = System.IO.Path.Combine(place, "clamd.conf");
            await File.WriteAllTextAsync(configuration, $"DatabaseDirectory {signatures}\nLocalSocket {socket}\nForeground yes\nStreamMaxLength 60M\nMaxThreads 2\nUser {Environment.UserName}\n", cancellationToken);
            var process = Process.Start(new ProcessStartInfo("/usr/sbin/clamd", ["-c", configuration]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            process.OutputDataReceived += (_, _) => { };
            process.ErrorDataReceived += (_, _) => { };
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            await WaitForAsync(() => new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified), new UnixDomainSocketEndPoint(socket), process, cancellationToken);
            return new(process, socket);
        }

        public void Kill()
        {
            process.Kill();
            process.WaitForExit();
        }

        public void Dispose()
        {
            if (!process.HasExited)
                Kill();
            process.Dispose();
        }
    }

    /// <summary>An rspamd without maps, lists and questions to DNS.</summary>
    private sealed class RspamdProcess(Process process, string folder, int scan, int controller) : IDisposable
    {
        public Uri Scan => new($"http://127.0.0.1:{scan}/");

        public Uri Controller => new($"http://127.0.0.1:{controller}/");

        public static async Task<RspamdProcess> StartAsync(CancellationToken cancellationToken)
        {
            // Where its own user can write.
            var folder = Directory.CreateTempSubdirectory("congvu-rspamd-").FullName;
            if (OperatingSystem.IsLinux())
                File.SetUnixFileMode(folder, (UnixFileMode)0x1ff);
            var (scan, controller) = (FreePort(), FreePort());
            var configuration = System.IO.Path.Combine(folder, "rspamd.conf");
            // Thousands of domains take half a minute to compile.
            await File.WriteAllTextAsync(System.IO.Path.Combine(folder, "tld.dat"), "com\nvn\n", cancellationToken);
            await File.WriteAllTextAsync(
                configuration,
                $$"""
                options {
                  pidfile = "{{folder}}/rspamd.pid"; tempdir = "{{folder}}"; hs_cache_dir = "{{folder}}"; local_addrs = "192.0.2.0/24"; cache_file = "{{folder}}/symbols.cache"; map_watch_interval = 60min;
                  dns { nameserver = ["127.0.0.1:9"]; timeout = 0.2s; retransmits = 1; }
                  filters = "regexp"; gtube_patterns = "all"; enable_shutdown_workaround = true; url_tld = "{{folder}}/tld.dat";
                }
                logging { type = "console"; level = "error"; }
                worker "normal" { bind_socket = "127.0.0.1:{{scan}}"; count = 1; }
                worker "controller" { bind_socket = "127.0.0.1:{{controller}}"; count = 1; password = "mat-khau-thu"; }
                actions { reject = 15; add_header = 6; }
                group "own" { symbols = { "OWN_LOTTERY" { weight = 8.0; } } }
                regexp { OWN_LOTTERY { re = 'Subject=/lottery test/iH'; score = 8.0; } }
                classifier "bayes" {
                  tokenizer { name = "osb"; }
                  backend = "sqlite3"; min_tokens = 1; min_learns = 1;
                  statfile { symbol = "BAYES_HAM"; path = "{{folder}}/ham.sqlite"; }
                  statfile { symbol = "BAYES_SPAM"; path = "{{folder}}/spam.sqlite"; spam = true; }
                }
                lua = "/usr/share/rspamd/rules/rspamd.lua";
                modules { path = "/usr/share/rspamd/plugins/"; }
                """,
                cancellationToken);
            string[] user = Environment.UserName == "root" ? ["-u", "_rspamd", "-g", "_rspamd"] : [];
            var process = Process.Start(new ProcessStartInfo("rspamd", ["-f", .. user, "-c", configuration]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            process.OutputDataReceived += (_, _) => { };
            process.ErrorDataReceived += (_, _) => { };
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            foreach (var port in new[] { scan, controller })
                await WaitForAsync(() => new Socket(SocketType.Stream, ProtocolType.Tcp), new IPEndPoint(IPAddress.Loopback, port), process, cancellationToken);
            return new(process, folder, scan, controller);
        }

        // Its workers are children.
        public void Kill()
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
        }

        public void Dispose()
        {
            if (!process.HasExited)
                Kill();
            process.Dispose();
            Directory.Delete(folder, recursive: true);
        }

        private static int FreePort()
        {
            using var probe = new TcpListener(IPAddress.Loopback, 0);
            probe.Start();
            return ((IPEndPoint)probe.LocalEndpoint).Port;
        }
    }

    private static async Task WaitForAsync(Func<Socket> make, EndPoint at, Process process, CancellationToken cancellationToken)
    {
        for (var left = 1200; ; left--)
        {
            using var socket = make();
            try
            {
                await socket.ConnectAsync(at, cancellationToken);
                return;
            }
            catch (SocketException) when (left > 0 && !process.HasExited)
            {
                await Task.Delay(50, cancellationToken);
            }
        }
    }
}
