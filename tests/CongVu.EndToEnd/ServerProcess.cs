using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using CongVu.Mail.Store;

namespace CongVu.EndToEnd;

/// <summary>The server as a process of its own, which can be killed and started again on the same data.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private readonly StringBuilder said = new();
    private Process? process;

    public string Folder { get; } = Directory.CreateTempSubdirectory("congvu-").FullName;

    public int SmtpPort { get; private set; }

    public int SubmissionPort { get; private set; }

    /// <summary>What it has printed.</summary>
    public string Said
    {
        get
        {
            lock (said)
                return said.ToString();
        }
    }

    /// <summary>Opens the store that the process uses, while it runs or afterwards.</summary>
    public Task<MailStore> OpenStoreAsync(CancellationToken cancellationToken) => MailStore.OpenAsync(new() { Folder = Folder }, TimeProvider.System, cancellationToken);

    /// <summary>Starts it, under another program when one is given, and waits until it listens.</summary>
    public async Task StartAsync(CancellationToken cancellationToken, params string[] under)
    {
        (SmtpPort, SubmissionPort) = (FreePort(), FreePort());
        string[] command = [.. under, Path.Combine(AppContext.BaseDirectory, "congvu"), "serve"];
        var info = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in info.Environment.Keys.Where(k => k.StartsWith("CONGVU_", StringComparison.Ordinal)).ToArray())
            info.Environment.Remove(name);
        info.Environment["CONGVU_DATA"] = Folder;
        info.Environment["CONGVU_DOMAINS"] = "example.vn";
        info.Environment["CONGVU_HOST_NAME"] = "mx.example.vn";
        info.Environment["CONGVU_LISTEN_SMTP"] = $"127.0.0.1:{SmtpPort}";
        info.Environment["CONGVU_LISTEN_SUBMISSION"] = $"127.0.0.1:{SubmissionPort}";
        foreach (var name in new[] { "SUBMISSIONS", "IMAP", "IMAPS", "HTTPS", "HTTP" })
            info.Environment[$"CONGVU_LISTEN_{name}"] = "off";
        // Nobody listens there: what goes to other domains waits in the queue.
        info.Environment["CONGVU_RELAY_HOST"] = "127.0.0.1";
        info.Environment["CONGVU_RELAY_PORT"] = "1";
        process = Process.Start(info)!;
        process.OutputDataReceived += (_, line) => Say(line.Data);
        process.ErrorDataReceived += (_, line) => Say(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await ListensAsync(SmtpPort, cancellationToken);
        await ListensAsync(SubmissionPort, cancellationToken);
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        process!.Kill(entireProcessTree: true);
        await process.WaitForExitAsync(CancellationToken.None);
    }

    /// <summary>Waits until it has ended by itself; its exit code.</summary>
    public async Task<int> EndedAsync(CancellationToken cancellationToken)
    {
        await process!.WaitForExitAsync(cancellationToken);
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (process is { HasExited: false })
            await KillAsync();
        process?.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private void Say(string? line)
    {
        lock (said)
            said.AppendLine(line);
    }

    private async Task ListensAsync(int port, CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
                return;
            }
            catch (SocketException) when (attempt < 1200 && !process!.HasExited)
            {
                await Task.Delay(25, cancellationToken);
            }
            catch (SocketException error)
            {
                throw new InvalidOperationException($"The server does not listen: {Said}", error);
            }
        }
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
