using System.Net;
using CongVu.Mail.Imap;
using CongVu.Mail.Store;
using CongVu.Mail.Tests.Connections;
using CongVu.Mail.Tests.Store;
using Microsoft.Extensions.Logging;

namespace CongVu.Mail.Tests.Imap;

/// <summary>An IMAP server over a store with the people an and binh, both with the password "secret".</summary>
public abstract class ImapFixture(Backend backend = Backend.Sqlite) : StoreFixture(backend), IAsyncLifetime
{
    protected ImapServer Server { get; private set; } = null!;

    protected ErrorLog Log { get; } = new();

    protected CancellationTokenSource Stopping { get; } = new();

    protected virtual ImapOptions Options => new() { HostName = "mx.example.vn" };

    async ValueTask IAsyncLifetime.InitializeAsync()
    {
        await InitializeAsync();
        foreach (var name in (string[])["an", "binh"])
            await Store.Accounts.AddPersonAsync(new($"{name}@example.vn", name, "secret"), "test", Cancellation);
        Server = new(Store, Options, Clock, Log);
    }

    protected InMemoryClient Connect(IPAddress? from = null) => new(context => Server.ServeAsync(context, implicitTls: false, Stopping.Token), from);

    protected async Task<PrincipalId> WhoAsync(string name) => (await Store.Accounts.FindPrincipalAsync($"{name}@example.vn", Cancellation))!.Id;

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        await DisposeAsync();
        Stopping.Dispose();
        GC.SuppressFinalize(this);
        Assert.Empty(Log.Errors);
    }
}

/// <summary>Errors of ours must not happen in tests.</summary>
public sealed class ErrorLog : ILogger<ImapServer>
{
    public List<string> Errors { get; } = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (Errors)
            Errors.Add($"{formatter(state, exception)} {exception}");
    }
}
