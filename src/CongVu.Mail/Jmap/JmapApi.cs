using System.Buffers;
using System.Collections.Concurrent;
using System.Text.Encodings.Web;
using System.Text.Json;
using CongVu.Mail.Delivery;
using CongVu.Mail.Store;
using CongVu.Mail.Store.Database;
using Microsoft.Extensions.Logging;

namespace CongVu.Mail.Jmap;

/// <summary>An answer to a request: a status of HTTP and JSON.</summary>
/// <param name="Status">200, or 400 and above for a request that was not run.</param>
/// <param name="Json">The Response object (RFC 8620 §3.4), or problem details.</param>
public readonly record struct JmapReply(int Status, ReadOnlyMemory<byte> Json);

/// <summary>
/// JMAP (RFC 8620, 8621): requests in, responses out, over the same store, sequences and changes as IMAP. How they travel (HTTP, WebSocket) and who is
/// signed in is the caller's affair. A state is the account's epoch and modification sequence, so every change made by any protocol moves it.
/// </summary>
public sealed partial class JmapApi
{
    internal static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly ConcurrentDictionary<PrincipalId, int> running = new();
    private readonly ConcurrentDictionary<PrincipalId, int> uploading = new();
    private readonly ILogger log;

    /// <summary>The API over a store.</summary>
    public JmapApi(MailStore store, MailPath path, string hostName, JmapLimits limits, TimeProvider clock, ILogger<JmapApi> log)
    {
        this.log = log;
        Store = store;
        Path = path;
        HostName = hostName;
        Limits = limits;
        Clock = clock;
    }

    /// <summary>The limits that hold.</summary>
    public JmapLimits Limits { get; }

    internal MailStore Store { get; }

    internal MailPath Path { get; }

    internal string HostName { get; }

    internal TimeProvider Clock { get; }

    /// <summary>Runs a request of <paramref name="who"/>.</summary>
    public async ValueTask<JmapReply> RunAsync(PrincipalId who, ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        try
        {
            if (running.AddOrUpdate(who, 1, static (_, count) => count + 1) > Limits.MaxConcurrentRequests)
                throw RequestErrorException.OverLimit("maxConcurrentRequests", "Too many requests at once.");
            return new(200, await new Request(this, who).RunAsync(request, cancellationToken));
        }
        catch (RequestErrorException error)
        {
            return new(error.Status, Problem(error));
        }
        finally
        {
            if (running.AddOrUpdate(who, 0, static (_, count) => count - 1) == 0)
                running.TryRemove(KeyValuePair.Create(who, 0));
        }
    }

    /// <summary>The account that an id names; null of what is no id of ours.</summary>
    public static AccountId? ReadAccountId(string id) => JmapId.Account(id);

    /// <summary>A turn to upload, to be disposed when done; null when as many as may are at it.</summary>
    public IDisposable? TakeUploadTurn(PrincipalId who)
    {
        if (uploading.AddOrUpdate(who, 1, static (_, count) => count + 1) <= Limits.MaxConcurrentUpload)
            return new Turn(uploading, who);
        new Turn(uploading, who).Dispose();
        return null;
    }

    /// <summary>Follows the accounts of <paramref name="who"/>; <paramref name="types"/> null for all types.</summary>
    public ValueTask<StateWatch> WatchAsync(PrincipalId who, IReadOnlySet<string>? types, CancellationToken cancellationToken) => StateWatch.StartAsync(this, who, types, cancellationToken);

    /// <summary>The state of an account, and that of what has arrived in it; null where <paramref name="who"/> may not use it.</summary>
    internal ValueTask<AccountStates?> StateAsync(PrincipalId who, AccountId account, CancellationToken cancellationToken) => Store.Messages.InScopeAsync(
        who,
        account,
        (_, scope) => ValueTask.FromResult<AccountStates?>(new(
            Call.StateOf(scope, Store.Epoch), Call.StateOf(scope with { Account = scope.Account with { ModSeq = scope.Messages.Select(m => m.Created).DefaultIfEmpty().Max() } }, Store.Epoch))),
        cancellationToken);

    internal sealed record AccountStates(string Account, string Delivery);

    private sealed class Turn(ConcurrentDictionary<PrincipalId, int> taken, PrincipalId who) : IDisposable
    {
        public void Dispose()
        {
            if (taken.AddOrUpdate(who, 0, static (_, count) => count - 1) == 0)
                taken.TryRemove(KeyValuePair.Create(who, 0));
        }
    }

    /// <summary>Problem details (RFC 7807) for a request that is not run; by WebSocket it says what it is (RFC 8887 §4.3.4).</summary>
    internal static byte[] Problem(RequestErrorException error, bool isSocket = false)
    {
        var target = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(target, WriterOptions))
        {
            json.WriteStartObject();
            if (isSocket)
                json.WriteString("@type"u8, "RequestError"u8);
            json.WriteString("type"u8, error.Type);
            json.WriteNumber("status"u8, error.Status);
            json.WriteString("detail"u8, error.Message);
            if (error.Limit is { } limit)
                json.WriteString("limit"u8, limit);
            json.WriteEndObject();
        }
        return target.WrittenSpan.ToArray();
    }

    /// <summary>Our fault: said as such, logged with its cause.</summary>
    internal string ServerFailure(Exception error, string method)
    {
        LogFailed(log, error, method);
        return error is StoreException ? "serverUnavailable" : "serverFail";
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "JMAP method {Method} failed.")]
    private static partial void LogFailed(ILogger log, Exception error, string method);
}
