using System.Net;
using CongVu.Formats.Mime;
using CongVu.Formats.SenderAuthentication;
using CongVu.Formats.Text;
using CongVu.Mail.Store;

namespace CongVu.Mail.Delivery.Inspect.Spam;

/// <summary>
/// The filter that is always there: who sent the message, lists in DNS, rules about its header, and words that this installation's people moved to Junk or out of
/// it. Words count once <see cref="MinLearned"/> messages of each kind are known.
/// </summary>
/// <param name="words">What was learned.</param>
/// <param name="lists">DNS lists of addresses that send spam.</param>
/// <param name="dns">Answers.</param>
public sealed class EmbeddedFilter(SpamWords words, IReadOnlyList<string> lists, DnsLookup dns)
{
    /// <summary>Spam and other messages that must have been learned, each, before words count.</summary>
    public const int MinLearned = 30;

    /// <summary>Tokens that decide: the farthest from the middle.</summary>
    private const int MaxDeciding = 150;

    private static readonly TimeSpan ListTime = TimeSpan.FromSeconds(5);

    /// <summary>Points of a message, rule by rule.</summary>
    public async ValueTask<SpamFinding> CheckAsync(SpamQuestion question, CancellationToken cancellationToken)
    {
        var rules = new List<(string, double)>();
        Authentication(question.Sender, rules);
        HeaderRules(question, rules);
        await ListsAsync(question, rules, cancellationToken);
        await words.RefreshAsync(cancellationToken);
        if (Probability(SpamTokens.Of(question.Facts, question.Header, question.Text)) is { } probability)
            rules.Add(Words(probability));
        return new("embedded", rules.Sum(r => r.Item2), rules);
    }

    /// <summary>How probably tokens are those of spam, 0 to 1, by what was learned; null while too little was.</summary>
    public double? Probability(IReadOnlySet<int> tokens)
    {
        var (spam, ham) = words.Learned;
        if (spam < MinLearned || ham < MinLearned)
            return null;
        // Robinson's estimate of each token, and Fisher's way of putting them together: both ends are tested, so that a message of which nothing is known is
        // in the middle.
        const double strength = 0.45, unknown = 0.5, nearMiddle = 0.1;
        var deciding = new List<double>();
        foreach (var token in tokens)
        {
            var (inSpam, inHam) = words.Counts(token);
            if (inSpam + inHam == 0)
                continue;
            var (s, h) = (inSpam / (double)spam, inHam / (double)ham);
            var estimate = ((strength * unknown) + ((inSpam + inHam) * (s / (s + h)))) / (strength + inSpam + inHam);
            if (Math.Abs(estimate - 0.5) >= nearMiddle)
                deciding.Add(estimate);
        }
        if (deciding.Count == 0)
            return 0.5;
        deciding.Sort((a, b) => Math.Abs(b - 0.5).CompareTo(Math.Abs(a - 0.5)));
        var (spamLog, hamLog, count) = (0.0, 0.0, Math.Min(MaxDeciding, deciding.Count));
        foreach (var estimate in deciding.Take(MaxDeciding))
        {
            spamLog += Math.Log(1 - estimate);
            hamLog += Math.Log(estimate);
        }
        return (1 + Chi2(-2 * hamLog, 2 * count) - Chi2(-2 * spamLog, 2 * count)) / 2;
    }

    internal static (string, double) Words(double probability) => probability switch
    {
        >= 0.99 => ("WORDS_99", 5.5),
        >= 0.95 => ("WORDS_95", 4.5),
        >= 0.8 => ("WORDS_80", 2.5),
        >= 0.6 => ("WORDS_60", 1),
        <= 0.05 => ("WORDS_05", -2),
        <= 0.2 => ("WORDS_20", -1),
        _ => ("WORDS_50", 0),
    };

    private static void Authentication(SenderFinding sender, List<(string, double)> rules)
    {
        if (sender.Dmarc.Result == DmarcResult.Pass)
            rules.Add(("DMARC_PASS", -0.5));
        else if (sender.Dmarc.Result == DmarcResult.Fail)
            rules.Add(("DMARC_FAIL", 3));
        if (sender.Spf.Result == SpfResult.Fail)
            rules.Add(("SPF_FAIL", 2.5));
        else if (sender.Spf.Result == SpfResult.SoftFail)
            rules.Add(("SPF_SOFTFAIL", 1));
        if (sender.Dkim.Any(d => d.Result == DkimResult.Fail))
            rules.Add(("DKIM_FAIL", 0.5));
    }

    private static void HeaderRules(SpamQuestion question, List<(string, double)> rules)
    {
        var (header, facts) = (question.Header, question.Facts);
        if (facts.MessageId is null)
            rules.Add(("NO_MESSAGE_ID", 1));
        if (facts.Date is null)
            rules.Add(("NO_DATE", 1));
        if (header.All("From").Take(2).ToArray().Length != 1 || facts.FromAddresses.Count == 0)
            rules.Add(("BAD_FROM", 2));
        if (facts.To.Length == 0 && facts.Cc.Length == 0)
            rules.Add(("NO_RECIPIENT_NAMED", 0.8));
        // A name that is an address, of another domain: "no-reply@daknong.gov.vn" <x@elsewhere>.
        if (header.Last("From") is { } from && HeaderBlock.Addresses(from) is [{ Name: { } name, Email: var email }, ..] && name.IndexOf('@') > 0
            && !name.Contains(email[(email.LastIndexOf('@') + 1)..], StringComparison.OrdinalIgnoreCase))
            rules.Add(("NAME_IS_OTHER_ADDRESS", 2));
        var letters = facts.Subject.Where(char.IsLetter).ToArray();
        if (letters.Length > 12 && letters.All(char.IsUpper) && facts.Subject.Contains('!', StringComparison.Ordinal))
            rules.Add(("SUBJECT_SHOUTS", 1));
        if (header.Last("Reply-To") is { } reply && HeaderBlock.Addresses(reply) is [{ Email: var answer }, ..] && facts.FromAddresses.Count > 0
            && question.Sender.Dmarc.Result != DmarcResult.Pass && !answer.EndsWith(facts.FromAddresses[0][(facts.FromAddresses[0].LastIndexOf('@') + 1)..], StringComparison.OrdinalIgnoreCase))
            rules.Add(("REPLY_ELSEWHERE", 0.7));
        if (facts.Root.MediaType == "text/html")
            rules.Add(("HTML_ONLY", 0.5));
        if (header.Fields.Any(f => f.Name.Equals("X-Mailer", StringComparison.OrdinalIgnoreCase) && f.Value.Length > 200))
            rules.Add(("MAILER_ODD", 0.5));
        if (question.Usage.Any(u => u.Kind == UsageKind.Advertising))
            rules.Add(("LABELLED_ADVERTISING", 2));
        // Letters of other scripts that look like ours hide words from filters.
        if (facts.Subject.Any(c => c is >= '\u0400' and <= '\u04ff') && facts.Subject.Any(char.IsAsciiLetter))
            rules.Add(("MIXED_SCRIPTS", 1.5));
        if (VietnameseFolding.Fold(facts.Subject).Contains("mat khau het han", StringComparison.Ordinal) || VietnameseFolding.Fold(facts.Subject).Contains("hop thu day", StringComparison.Ordinal))
            rules.Add(("ASKS_FOR_PASSWORD", 1.5));
    }

    private async ValueTask ListsAsync(SpamQuestion question, List<(string, double)> rules, CancellationToken cancellationToken)
    {
        if (lists.Count == 0 || question.Envelope.Peer is not { } peer || ReversedOf(peer.Address) is not { } reversed)
            return;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(ListTime);
        var first = true;
        foreach (var list in lists)
        {
            try
            {
                var answer = await dns($"{reversed}.{list}", DnsKind.A, limit.Token);
                // RFC 5782 §2.1: what is listed has an address in 127/8.
                if (answer.Addresses.Any(a => a.GetAddressBytes()[0] == 127))
                {
                    rules.Add(($"LISTED_{list.ToUpperInvariant()}", first ? 4 : 2));
                    first = false;
                }
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    // RFC 5782 §2.1, §2.4.
    private static string? ReversedOf(IPAddress address)
    {
        var bytes = (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).GetAddressBytes();
        Array.Reverse(bytes);
        return bytes.Length == 4 ? string.Join('.', bytes) : string.Join('.', bytes.Select(b => $"{b & 15:x}.{b >> 4:x}"));
    }

    // The probability that a sum of squares of so many degrees is at least x.
    private static double Chi2(double x, int degrees)
    {
        var m = x / 2;
        var term = Math.Exp(-m);
        var sum = term;
        for (var i = 1; i < degrees / 2; i++)
        {
            term *= m / i;
            sum += term;
        }
        return Math.Min(1, sum);
    }
}
