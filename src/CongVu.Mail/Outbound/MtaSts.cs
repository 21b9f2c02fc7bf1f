using System.Collections.Concurrent;
using System.Net;
using System.Text;
using CongVu.Formats.SenderAuthentication;
using CongVu.Formats.Smtp;
using CongVu.Mail.Store.Database;

namespace CongVu.Mail.Outbound;

/// <summary>A policy that is known.</summary>
/// <param name="Id">The id of the record that it came with.</param>
/// <param name="Text">As it was fetched.</param>
/// <param name="Policy">As it was read.</param>
/// <param name="Expires">Until when it holds.</param>
internal sealed record KnownPolicy(string Id, string Text, MtaStsPolicy Policy, DateTimeOffset Expires);

/// <summary>
/// Other domains' policies for the TLS of their mail servers (RFC 8461), fetched when their record says that there is another one and kept over restarts:
/// who can silence DNS or the web server cannot take back a policy that was seen before.
/// </summary>
public sealed class MtaSts(StoreDatabase database, DnsLookup dns, HttpMessageHandler web, TimeProvider clock) : IDisposable
{
    private const int MaxPolicyBytes = 64 * 1024;

    private const int MaxKept = 10_000;

    /// <summary>§3.3: a policy that could not be fetched is not asked for again at once.</summary>
    private static readonly TimeSpan FetchAgain = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan FetchTime = TimeSpan.FromMinutes(1);

    private readonly HttpClient client = new(web, disposeHandler: true) { Timeout = FetchTime, MaxResponseContentBufferSize = MaxPolicyBytes };
    private readonly ConcurrentDictionary<string, (KnownPolicy? Policy, DateTimeOffset LookAgain)> kept = new(StringComparer.Ordinal);

    /// <summary>How policies are fetched in earnest: with a right certificate, and not from where a redirection leads (§3.3).</summary>
    public static SocketsHttpHandler Web() => new() { AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = FetchTime, AutomaticDecompression = DecompressionMethods.None };

    /// <inheritdoc/>
    public void Dispose() => client.Dispose();

    /// <summary>The policy that holds for a domain; null for none.</summary>
    internal async Task<KnownPolicy?> FindAsync(string domain, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (kept.TryGetValue(domain, out var found) && found.LookAgain > now)
            return Holds(found.Policy, now);
        var known = found.Policy ?? await ReadAsync(domain, cancellationToken);
        var answer = await dns($"_mta-sts.{domain}", DnsKind.Txt, cancellationToken);
        // §5.1: without a record, or without an answer, what is known goes on to hold until it runs out.
        var id = MtaStsPolicy.RecordId(answer.Texts);
        if (id is not null && (id != known?.Id || known.Expires <= now) && await FetchAsync(domain, id, now, cancellationToken) is { } fetched)
            known = fetched;
        if (kept.Count >= MaxKept)
            kept.Clear();
        kept[domain] = (known, now + FetchAgain);
        return Holds(known, now);
    }

    private static KnownPolicy? Holds(KnownPolicy? policy, DateTimeOffset now) => policy is { Policy.Mode: not MtaStsMode.None } && policy.Expires > now ? policy : null;

    private async Task<KnownPolicy?> FetchAsync(string domain, string id, DateTimeOffset now, CancellationToken cancellationToken)
    {
        string text;
        try
        {
            using var response = await client.GetAsync(new Uri($"https://mta-sts.{domain}/.well-known/mta-sts.txt"), cancellationToken);
            if (response.StatusCode != HttpStatusCode.OK || response.Content.Headers.ContentType?.MediaType is not "text/plain")
                return null;
            text = Encoding.UTF8.GetString(await response.Content.ReadAsByteArrayAsync(cancellationToken));
        }
        catch (Exception error) when (error is HttpRequestException or UriFormatException || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
        if (MtaStsPolicy.Parse(text) is not { } policy)
            return null;
        var known = new KnownPolicy(id, text, policy, now + policy.MaxAge);
        await database.WriteAsync(
            async tx =>
            {
                await tx.ExecuteAsync("DELETE FROM mta_sts_policies WHERE domain = $1 OR expires_at < $2", domain, now.ToUnixTimeMilliseconds());
                return await tx.ExecuteAsync("INSERT INTO mta_sts_policies (domain, record_id, policy, expires_at) VALUES ($1, $2, $3, $4)", domain, id, text, known.Expires.ToUnixTimeMilliseconds());
            },
            cancellationToken);
        return known;
    }

    private ValueTask<KnownPolicy?> ReadAsync(string domain, CancellationToken cancellationToken) => database.ReadAsync(
        tx => tx.FirstAsync(
            "SELECT record_id, policy, expires_at FROM mta_sts_policies WHERE domain = $1",
            row => MtaStsPolicy.Parse(row.GetString(1)) is { } policy ? new KnownPolicy(row.GetString(0), row.GetString(1), policy, DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(2))) : null,
            domain),
        cancellationToken);
}
