using System.Collections.Concurrent;
using System.Net;
using CongVu.Formats.SenderAuthentication;
using DnsClient;

namespace CongVu.Mail.Dns;

/// <summary>
/// Answers for sender authentication. Every question has its limit of time, every answer is kept for as long as it says (an hour at most), and
/// what could not be answered for half a minute, so that a dead name server is not asked for each message.
/// </summary>
public sealed class DnsResolver
{
    /// <summary>Answers that are kept; a stranger who names ever new domains cannot fill the memory.</summary>
    private const int MaxKept = 20_000;

    /// <summary>Records of one answer.</summary>
    private const int MaxRecords = 100;

    private static readonly TimeSpan QuestionTime = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LongestKept = TimeSpan.FromHours(1);
    private static readonly TimeSpan ShortestKept = TimeSpan.FromSeconds(30);

    /// <summary>Without a record there is nothing that says for how long (RFC 2308 has it in the SOA; five minutes hurt nobody).</summary>
    private static readonly TimeSpan NothingKept = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<(string Name, DnsKind Kind), (DnsAnswer Answer, DateTimeOffset Until)> kept = new();
    private readonly LookupClient client;
    private readonly Lazy<LookupClient> validating;
    private readonly TimeProvider clock;

    /// <summary>Asks <paramref name="servers"/>, or those that the system names where there are none.</summary>
    public DnsResolver(IReadOnlyCollection<IPEndPoint> servers, TimeProvider clock)
    {
        this.clock = clock;
        client = new(Limited(servers.Count == 0 ? new() : new([.. servers])));
        validating = new(() =>
        {
            var options = Limited(servers.Count == 0 ? new() : new([.. servers]));
            options.RequestDnsSecRecords = true;
            return new(options);
        });
    }

    /// <summary>A client for what asks DNS in its own way.</summary>
    /// <param name="validated">It asks for DNSSEC, so that a name server that checks it says so in its answers (RFC 3225, RFC 6840 §5.8).</param>
    public ILookupClient ClientOf(bool validated) => validated ? validating.Value : client;

    /// <summary>Answers a question.</summary>
    public async ValueTask<DnsAnswer> LookupAsync(string name, DnsKind kind, CancellationToken cancellationToken)
    {
        var key = (name.ToLowerInvariant(), kind);
        var now = clock.GetUtcNow();
        if (kept.TryGetValue(key, out var known) && known.Until > now)
            return known.Answer;
        var (answer, time) = await AskAsync(name, kind, cancellationToken);
        if (kept.Count >= MaxKept)
            kept.Clear();
        kept[key] = (answer, now + time);
        return answer;
    }

    private static LookupClientOptions Limited(LookupClientOptions options)
    {
        options.UseCache = false;
        options.Timeout = QuestionTime;
        options.Retries = 1;
        options.ThrowDnsErrors = false;
        return options;
    }

    private async ValueTask<(DnsAnswer Answer, TimeSpan Kept)> AskAsync(string name, DnsKind kind, CancellationToken cancellationToken)
    {
        IDnsQueryResponse response;
        try
        {
            response = await client.QueryAsync(name, TypeOf(kind), cancellationToken: cancellationToken);
        }
        catch (ArgumentException)
        {
            return (DnsAnswer.NoSuchName, LongestKept);
        }
        catch (Exception error) when (error is DnsResponseException or System.Net.Sockets.SocketException or InvalidOperationException)
        {
            return (DnsAnswer.Failed, ShortestKept);
        }
        if (response.Header.ResponseCode == DnsHeaderResponseCode.NotExistentDomain)
            return (DnsAnswer.NoSuchName, NothingKept);
        if (response.HasError)
            return (DnsAnswer.Failed, ShortestKept);
        var answer = AnswerOf(response, kind);
        if (answer.IsVoid)
            return (answer, NothingKept);
        var seconds = response.Answers.Min(r => r.TimeToLive);
        return (answer, TimeSpan.FromSeconds(Math.Clamp(seconds, ShortestKept.TotalSeconds, LongestKept.TotalSeconds)));
    }

    private static DnsAnswer AnswerOf(IDnsQueryResponse response, DnsKind kind)
    {
        var answers = response.Answers;
        return kind switch
        {
            DnsKind.A => new(DnsStatus.Answered, [], [.. answers.ARecords().Select(r => r.Address).Take(MaxRecords)]),
            DnsKind.Aaaa => new(DnsStatus.Answered, [], [.. answers.AaaaRecords().Select(r => r.Address).Take(MaxRecords)]),
            DnsKind.Mx => Texts(answers.MxRecords().OrderBy(r => r.Preference).Select(r => r.Exchange.Value.TrimEnd('.'))),
            DnsKind.Ptr => Texts(answers.PtrRecords().Select(r => r.PtrDomainName.Value.TrimEnd('.'))),
            _ => Texts(answers.TxtRecords().Select(r => string.Concat(r.Text))),
        };

        static DnsAnswer Texts(IEnumerable<string> texts) => new(DnsStatus.Answered, [.. texts.Take(MaxRecords)], []);
    }

    private static QueryType TypeOf(DnsKind kind) => kind switch
    {
        DnsKind.A => QueryType.A,
        DnsKind.Aaaa => QueryType.AAAA,
        DnsKind.Mx => QueryType.MX,
        DnsKind.Ptr => QueryType.PTR,
        _ => QueryType.TXT,
    };
}
