namespace CongVu.Formats.SenderAuthentication;

/// <summary>The results of RFC 9989 for Authentication-Results.</summary>
public enum DmarcResult
{
    /// <summary>The domain has no policy.</summary>
    None,

    /// <summary>The author's domain has sent it.</summary>
    Pass,

    /// <summary>Nothing shows that it has.</summary>
    Fail,

    /// <summary>DNS could not be asked.</summary>
    TempError,

    /// <summary>There is no one author's domain to ask.</summary>
    PermError,
}

/// <summary>What came of it.</summary>
/// <param name="Result">The result.</param>
/// <param name="Domain">The domain of From.</param>
/// <param name="Organization">Its organizational domain.</param>
/// <param name="Policy">What the domain asks for, where the result is a failure.</param>
/// <param name="Record">The record that was found; null without.</param>
public sealed record DmarcOutcome(DmarcResult Result, string Domain, string Organization, DmarcPolicy Policy, DmarcRecord? Record);

/// <summary>DMARC (RFC 9989): is the domain that people see in From the one that SPF or DKIM vouch for, and what if not?</summary>
public static class DmarcCheck
{
    /// <summary>From may name several; more are not asked for.</summary>
    private const int MaxAuthors = 5;

    /// <summary>Questions of one tree walk (§4.10).</summary>
    private const int MaxLabels = 8;

    /// <summary>Asks for each domain in From; the worst of the answers stands, so that a second author hides nothing.</summary>
    /// <param name="authors">The domains of the addresses in From.</param>
    /// <param name="spf">Of the reverse path.</param>
    /// <param name="dkim">Of the signatures.</param>
    /// <param name="dns">Answers.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async ValueTask<DmarcOutcome> RunAsync(
        IReadOnlyCollection<string> authors, SpfOutcome spf, IReadOnlyList<DkimOutcome> dkim, DnsLookup dns, CancellationToken cancellationToken)
    {
        var domains = authors.Select(a => DomainNames.Normalize(a)).Distinct().ToArray();
        if (domains.Length is 0 or > MaxAuthors || domains.Contains(null))
            return new(DmarcResult.PermError, "", "", DmarcPolicy.None, null);
        DmarcOutcome? worst = null;
        foreach (var domain in domains)
        {
            var outcome = await AskAsync(domain!, spf, dkim, dns, cancellationToken);
            if (worst is null || Rank(outcome) > Rank(worst))
                worst = outcome;
        }
        return worst!;
    }

    /// <summary>The organizational domain of a domain, and the record that holds for it (§4.10).</summary>
    public static async ValueTask<(string Organization, DmarcRecord? Record, bool IsOwn, bool Failed)> FindAsync(string domain, DnsLookup dns, CancellationToken cancellationToken)
    {
        var labels = domain.Split('.');
        var found = new List<(int Labels, DmarcRecord Record)>();
        var organization = domain;
        var failed = false;
        for (var count = labels.Length; count > 0;)
        {
            var (record, noAnswer) = await RecordAsync(string.Join('.', labels[^count..]), dns, cancellationToken);
            failed |= noAnswer;
            if (record is not null)
            {
                found.Add((count, record));
                // §4.10.2: who says that it is none is the organization; above one that says so, it is the name below.
                if (record.PublicSuffix == false || (record.PublicSuffix == true && count < labels.Length))
                    break;
            }
            // Of a long name only the last seven labels are walked.
            count = count > MaxLabels - 1 && count == labels.Length ? Math.Min(count - 1, MaxLabels - 1) : count - 1;
        }
        if (found is [.., var (last, top)])
        {
            var size = top.PublicSuffix == true && last < labels.Length ? last + 1 : last;
            organization = string.Join('.', labels[^size..]);
        }
        // The domain's own record holds, else the organization's, else the public suffix's above it.
        var isOwn = found.Count > 0 && found[0].Labels == labels.Length;
        var holds = isOwn ? found[0].Record : Of(organization) ?? (found.Count > 0 ? found[^1].Record : null);
        return (organization, holds, isOwn, failed);

        DmarcRecord? Of(string name)
        {
            var size = name.Split('.').Length;
            return found.Find(f => f.Labels == size).Record;
        }
    }

    private static async ValueTask<DmarcOutcome> AskAsync(string domain, SpfOutcome spf, IReadOnlyList<DkimOutcome> dkim, DnsLookup dns, CancellationToken cancellationToken)
    {
        // 1. The policy.
        var (organization, record, isOwn, failed) = await FindAsync(domain, dns, cancellationToken);
        if (record is null)
            return new(failed ? DmarcResult.TempError : DmarcResult.None, domain, organization, DmarcPolicy.None, null);

        // 2. Does a domain that is vouched for belong to the author's (§4.4)?
        if (spf.Result == SpfResult.Pass && await IsAlignedAsync(spf.Domain, domain, organization, record.StrictSpf, dns, cancellationToken))
            return new(DmarcResult.Pass, domain, organization, DmarcPolicy.None, record);
        var undecided = spf.Result == SpfResult.TempError;
        foreach (var signature in dkim)
        {
            if (signature.Result == DkimResult.Pass && await IsAlignedAsync(signature.Domain, domain, organization, record.StrictDkim, dns, cancellationToken))
                return new(DmarcResult.Pass, domain, organization, DmarcPolicy.None, record);
            undecided |= signature.Result == DkimResult.TempError && DomainNames.IsWithin(signature.Domain, organization);
        }
        if (undecided)
            return new(DmarcResult.TempError, domain, organization, DmarcPolicy.None, record);

        // 3. No: what the domain asks for.
        var policy = isOwn ? record.Policy : record.Subdomains;
        if (!isOwn && (await dns(domain, DnsKind.A, cancellationToken)).Status == DnsStatus.NoSuchName)
            policy = record.Missing;
        if (record.IsTesting && policy != DmarcPolicy.None)
            policy--;
        return new(DmarcResult.Fail, domain, organization, policy, record);
    }

    private static async ValueTask<bool> IsAlignedAsync(string vouched, string domain, string organization, bool strict, DnsLookup dns, CancellationToken cancellationToken)
    {
        if (vouched == domain)
            return true;
        if (strict || !DomainNames.IsWithin(vouched, organization))
            return false;
        // Below the organization there may be another one (psd=n).
        return (await FindAsync(vouched, dns, cancellationToken)).Organization == organization;
    }

    // Records that are no DMARC records are passed over; of several nobody knows which holds (§4.10.1).
    private static async ValueTask<(DmarcRecord? Record, bool Failed)> RecordAsync(string domain, DnsLookup dns, CancellationToken cancellationToken)
    {
        var name = $"_dmarc.{domain}";
        if (!DomainNames.CanBeAsked(name))
            return (null, false);
        var answer = await dns(name, DnsKind.Txt, cancellationToken);
        var records = answer.Texts.Where(t => t.StartsWith("v=DMARC1", StringComparison.Ordinal)).Take(2).ToArray();
        return (records is [var only] ? DmarcRecord.Parse(only) : null, answer.Status == DnsStatus.Failed);
    }

    private static int Rank(DmarcOutcome outcome) => outcome.Result switch
    {
        DmarcResult.Pass => 0,
        DmarcResult.None => 1,
        DmarcResult.TempError => 2,
        _ => 3 + (int)outcome.Policy,
    };
}
