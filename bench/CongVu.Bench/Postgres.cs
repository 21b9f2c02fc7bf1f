using System.Diagnostics;

namespace CongVu.Bench;

/// <summary>A PostgreSQL server of its own that syncs every commit.</summary>
internal sealed class Postgres : IAsyncDisposable
{
    private readonly Process process;
    private readonly string folder;

    private Postgres(Process process, string folder, string connection)
    {
        this.process = process;
        this.folder = folder;
        Connection = connection;
    }

    internal string Connection { get; }

    internal static async Task<Postgres> StartAsync()
    {
        var folder = Directory.CreateTempSubdirectory("congvu-pg-").FullName;
        var bin = Path.Combine(Directory.GetDirectories("/usr/lib/postgresql").Order().Last(), "bin");
        var port = Programs.FreePort();
        await Programs.RunAsync("chown", ["postgres", folder]);
        await Programs.RunAsync("runuser", ["-u", "postgres", "--", Path.Combine(bin, "initdb"), "-D", Path.Combine(folder, "data"), "-U", "congvu", "--auth=trust", "-E", "UTF8", "--locale=C"]);
        var process = Process.Start(new ProcessStartInfo(
            "runuser",
            ["-u", "postgres", "--", Path.Combine(bin, "postgres"), "-D", Path.Combine(folder, "data"), "-p", $"{port}", "-h", "127.0.0.1", "-k", folder, "-c", "shared_buffers=256MB"]) { RedirectStandardError = true })!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        await Programs.WaitForPortAsync(port);
        await Task.Delay(1000);
        return new(process, folder, $"Host=127.0.0.1;Port={port};Username=congvu;Database=postgres;Maximum Pool Size=40");
    }

    public async ValueTask DisposeAsync()
    {
        await Programs.RunAsync("kill", ["-QUIT", (await File.ReadAllLinesAsync(Path.Combine(folder, "data", "postmaster.pid")))[0]]);
        await process.WaitForExitAsync();
        process.Dispose();
        Directory.Delete(folder, recursive: true);
    }
}
