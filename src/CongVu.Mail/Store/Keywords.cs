namespace CongVu.Mail.Store;

/// <summary>An entry's keywords as one string: sorted, space separated, compared without case (RFC 9051 §2.3.2).</summary>
internal static class Keywords
{
    /// <summary>More would make rows that listings read too large.</summary>
    internal const int MaxOfMessage = 100;

    internal static string Join(IEnumerable<string> keywords) => string.Join(' ', keywords.Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.OrdinalIgnoreCase));

    internal static IReadOnlyList<string> Split(string keywords) => keywords.Length == 0 ? [] : keywords.Split(' ');

    internal static string Apply(string now, FlagChange change)
    {
        if (change.Keywords.Count == 0)
            return change.Mode == FlagMode.Replace ? "" : now;
        return change.Mode switch
        {
            FlagMode.Replace => Join(change.Keywords),
            FlagMode.Add => Join(Split(now).Concat(change.Keywords)),
            _ => Join(Split(now).Except(change.Keywords, StringComparer.OrdinalIgnoreCase)),
        };
    }
}
