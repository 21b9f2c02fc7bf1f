using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;

[assembly: AssemblyFixture(typeof(CongVu.Mail.Tests.Store.PostgresServer.End))]

namespace CongVu.Mail.Tests.Store;

/// <summary>One PostgreSQL server for the whole run: a cluster of its own in a temporary folder, on a free loopback port, ended with the run.</summary>
public sealed class PostgresServer
{
    private static readonly Lazy<Task<PostgresServer>> Instance = new(StartAsync);
    private static int databases;
    private readonly string connection;
    private readonly Process process;
    private readonly string folder;

    private PostgresServer(string connection, Process process, string folder) => (this.connection, this.process, this.folder) = (connection, process, folder);

    /// <summary>Makes an empty database and returns how to connect to it.</summary>
    public static async Task<string> NewDatabaseAsync()
    {
        var server = await Instance.Value;
        var name = $"t{Interlocked.Increment(ref databases)}";
        await using var source = NpgsqlDataSource.Create(server.connection + ";Database=postgres");
        await using (var command = source.CreateCommand($"CREATE DATABASE {name} TEMPLATE template0"))
            await command.ExecuteNonQueryAsync();
        return $"{server.connection};Database={name};Maximum Pool Size=20";
    }

    private static async Task<PostgresServer> StartAsync()
    {
        var folder = Directory.CreateTempSubdirectory("congvu-pg-").FullName;
        var bin = Directory.GetDirectories("/usr/lib/postgresql").Select(d => Path.Combine(d, "bin")).Order().Last();
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            var port = ((IPEndPoint)probe.LocalEndpoint).Port;
            probe.Stop();
            // The server refuses to run as root.
            var asUser = Environment.IsPrivilegedProcess;
            if (asUser)
                await RunAsync("chown", "postgres", folder);
            var data = Path.Combine(folder, "data");
            await RunAsUserAsync(asUser, Path.Combine(bin, "initdb"), "-D", data, "-U", "congvu", "--auth=trust", "-E", "UTF8", "--locale=C", "--no-sync");
            var server = Start(asUser, Path.Combine(bin, "postgres"), "-D", data, "-p", $"{port}", "-h", "127.0.0.1", "-k", folder, "-F", "-c", "max_connections=200");
            var connection = $"Host=127.0.0.1;Port={port};Username=congvu";
            await WaitAsync(connection);
            return new(connection, server, folder);
        }
    }

    private static async Task WaitAsync(string connection)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await using var open = new NpgsqlConnection(connection + ";Database=postgres;Pooling=false");
                await open.OpenAsync();
                return;
            }
            catch (NpgsqlException) when (attempt < 200)
            {
                await Task.Delay(50);
            }
        }
    }

    private async Task StopAsync()
    {
        NpgsqlConnection.ClearAllPools();
        await RunAsync("kill", "-QUIT", File.ReadLines(Path.Combine(folder, "data", "postmaster.pid")).First());
        await process.WaitForExitAsync();
        process.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private static Process Start(bool asUser, string program, params string[] arguments)
    {
        var info = asUser ? new ProcessStartInfo("runuser", ["-u", "postgres", "--", program, .. arguments]) : new ProcessStartInfo(program, arguments);
        info.RedirectStandardOutput = true;
        info.RedirectStandardError = true;
        var process = Process.Start(info)!;
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        return process;
    }

    private static async Task RunAsUserAsync(bool asUser, string program, params string[] arguments)
    {
        using var process = Start(asUser, program, arguments);
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
    }

    /// <summary>Ends the server after the last test; at the end of the process it would be too late to wait for it.</summary>
    public sealed class End : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            if (Instance.IsValueCreated)
                await (await Instance.Value).StopAsync();
        }
    }
}
