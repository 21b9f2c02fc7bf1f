using System.Text;

namespace CongVu.Mail.Store.Search;

/// <summary>All distinct words of the index in one piece of memory, to find those that contain a piece of a word: a million are searched in milliseconds.</summary>
internal sealed class TermList
{
    /// <summary>Words seen since the list was made; then it is made anew.</summary>
    internal const int MaxRecent = 200_000;

    private readonly byte[] terms;
    private readonly HashSet<string> recent = new(StringComparer.Ordinal);
    private readonly Lock gate = new();

    /// <summary>Takes words, each between line feeds.</summary>
    internal TermList(byte[] terms) => this.terms = terms;

    internal bool IsStale
    {
        get
        {
            lock (gate)
                return recent.Count > MaxRecent;
        }
    }

    internal void Add(string words)
    {
        lock (gate)
        {
            var lookup = recent.GetAlternateLookup<ReadOnlySpan<char>>();
            foreach (var range in words.AsSpan().Split(' '))
                lookup.Add(words.AsSpan()[range]);
        }
    }

    /// <summary>Words that contain the piece: anywhere, or at their end.</summary>
    internal List<string> Find(string piece, bool atEnd)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        var wanted = Encoding.UTF8.GetBytes(atEnd ? piece + "\n" : piece);
        var rest = terms.AsSpan();
        while (rest.IndexOf(wanted) is var at and >= 0)
        {
            var start = rest[..at].LastIndexOf((byte)'\n') + 1;
            var end = at + rest[at..].IndexOf((byte)'\n');
            found.Add(Encoding.UTF8.GetString(rest[start..end]));
            rest = rest[end..];
        }
        lock (gate)
        {
            foreach (var term in recent)
            {
                if (atEnd ? term.EndsWith(piece, StringComparison.Ordinal) : term.Contains(piece, StringComparison.Ordinal))
                    found.Add(term);
            }
        }
        return [.. found];
    }
}
