using System.Diagnostics;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using CongVu.Mail.Store;
using CongVu.Server.Commands;
using CongVu.Server.Configuration;
using CongVu.Server.Hosting;
using Microsoft.Extensions.Logging;

namespace CongVu.EndToEnd;

/// <summary>The server as it runs, in this process, on free ports of loopback and a folder of its own.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    public const string Domain = "example.gov.vn";
    public const string Password = "Mat-khau-9";

    private readonly DataFolderLock held;
    private readonly MailServer server;
    private readonly KeyValuePair<string, string>[] settings;

    private RunningServer(string folder, DataFolderLock held, MailStore store, MailServer server, KeyValuePair<string, string>[] settings)
    {
        this.settings = settings;
        Folder = folder;
        this.held = held;
        Store = store;
        this.server = server;
    }

    public string Folder { get; }

    public string DataFolder => Path.Combine(Folder, "data");

    public MailStore Store { get; }

    public int Port(ListenerKind kind) => server.EndPoints.First(e => e.Kind == kind).EndPoint.Port;

    public static async Task<RunningServer> StartAsync(CancellationToken cancellationToken, params KeyValuePair<string, string>[] settings)
    {
        var folder = Directory.CreateTempSubdirectory("congvu-").FullName;
        var flags = new List<KeyValuePair<string, string>>
        {
            new("data", Path.Combine(folder, "data")), new("domains", Domain), new("log.level", "warning"),
        };
        foreach (var listener in new[] { "smtp", "submission", "submissions", "imap", "imaps", "https", "http" })
            flags.Add(new($"listen.{listener}", $"{IPAddress.Loopback}:0"));
        flags.AddRange(settings);
        var (configuration, errors) = ConfigurationReader.Read(null, flags, []);
        Assert.Empty(errors);
        var options = ServerOptions.From(configuration!);
        var held = DataFolderLock.TryTake(options.DataFolder)!;
        var store = await MailStore.OpenAsync(options.Store, TimeProvider.System, cancellationToken);
        await FirstStart.EnsureAsync(store, options.Domains, cancellationToken);
        var server = await MailServer.StartAsync(options, store, TlsCertificate.Open(options, TimeProvider.System), TimeProvider.System, logging => logging.AddProvider(new FailingLog()), cancellationToken);
        return new(folder, held, store, server, settings);
    }

    /// <summary>The certificate is the one that this server has made for itself.</summary>
    public bool IsOwn(X509Certificate? certificate)
    {
        using var made = X509CertificateLoader.LoadCertificateFromFile(Path.Combine(DataFolder, "tls", "certificate.pem"));
        return certificate is not null && certificate.GetCertHashString() == made.GetCertHashString();
    }

    /// <summary>Adds a person with the password of all; returns the address.</summary>
    public async Task<string> PersonAsync(string name, CancellationToken cancellationToken)
    {
        var added = await Store.Accounts.AddPersonAsync(new($"{name}@{Domain}", name, Password), "test", cancellationToken);
        return added.Value.PrimaryAddress;
    }

    /// <summary>Runs a command line on this installation, in this process but with a store of its own; returns what it printed.</summary>
    public async Task<string> CommandAsync(CancellationToken cancellationToken, params string[] words)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await CommandLine.RunAsync(["--data", DataFolder, .. settings.SelectMany(s => new[] { "--set", $"{s.Key}={s.Value}" }), .. words], TextReader.Null, output, error, new Dictionary<string, string>(), cancellationToken);
        Assert.True(code == 0, output.ToString() + error);
        return output.ToString();
    }

    /// <summary>Runs a program to its end; returns its exit code and what it printed.</summary>
    public static async Task<(int Code, string Output)> RunAsync(string program, IEnumerable<string> arguments, CancellationToken cancellationToken, string? input = null)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true })!;
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var (output, error) = (process.StandardOutput.ReadToEndAsync(cancellationToken), process.StandardError.ReadToEndAsync(cancellationToken));
        await process.WaitForExitAsync(cancellationToken);
        return (process.ExitCode, await output + await error);
    }

    public async ValueTask DisposeAsync()
    {
        await server.StopAsync();
        await server.DisposeAsync();
        await Store.DisposeAsync();
        held.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>An error of the server's own fails the test that is running, through its output.</summary>
    private sealed class FailingLog : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            TestContext.Current.TestOutputHelper?.WriteLine($"{logLevel}: {formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
