using CongVu.Formats.Mime;
using CongVu.Formats.Text;

namespace CongVu.Mail.Delivery.Inspect.Spam;

/// <summary>
/// What a message is judged by: its words and pairs of words, folded so that Vietnamese with and without diacritics is the same, and what its header says.
/// Each is a slot: a hash, so that what is kept has a fixed size.
/// </summary>
internal static class SpamTokens
{
    /// <summary>Slots there are. What is kept of a language fits with few collisions.</summary>
    internal const int Slots = 1 << 21;

    private const int MaxTokens = 3_000;
    private const int MaxCharacters = 100_000;
    private const int MaxWord = 24;

    internal static HashSet<int> Of(MessageFacts facts, HeaderBlock header, string text)
    {
        var slots = new HashSet<int>();
        Words(facts.Subject, "s:", slots);
        foreach (var from in facts.FromAddresses)
            Add("from:" + from[(from.LastIndexOf('@') + 1)..].ToLowerInvariant(), slots);
        Words(facts.From, "n:", slots);
        foreach (var name in (ReadOnlySpan<string>)["X-Mailer", "User-Agent", "Content-Type", "Reply-To", "List-Unsubscribe", "Precedence", "Return-Path"])
        {
            if (header.Last(name) is { } value)
                Words(HeaderBlock.Text(value), name.ToLowerInvariant() + ":", slots, maxWords: 20);
        }
        foreach (var field in header.Fields)
            Add("h:" + field.Name, slots);
        Parts(facts.Root, slots, 0);
        Hosts(text, slots);
        Words(text.Length > MaxCharacters ? text[..MaxCharacters] : text, "", slots);
        return slots;
    }

    private static void Parts(MimePart part, HashSet<int> slots, int depth)
    {
        Add("t:" + part.MediaType + part.Charset, slots);
        if (part.FileName.Length > 0)
            Add("f:" + Path.GetExtension(part.FileName).ToLowerInvariant(), slots);
        if (depth < 5)
        {
            foreach (var child in part.Children.Take(20))
                Parts(child, slots, depth + 1);
        }
    }

    private static void Hosts(string text, HashSet<int> slots)
    {
        for (var at = text.IndexOf("://", StringComparison.Ordinal); at >= 0; at = text.IndexOf("://", at + 3, StringComparison.Ordinal))
        {
            var end = at + 3;
            while (end < text.Length && end - at < 260 && (char.IsLetterOrDigit(text[end]) || text[end] is '.' or '-'))
                end++;
            Add("u:" + text[(at + 3)..end].ToLowerInvariant(), slots);
        }
    }

    private static void Words(string text, string prefix, HashSet<int> slots, int maxWords = int.MaxValue)
    {
        var folded = VietnameseFolding.Fold(text);
        var hash = new HashCode32();
        var previous = 0u;
        var length = 0;
        var seed = HashCode32.Of(prefix);
        for (var i = 0; i <= folded.Length && slots.Count < MaxTokens && maxWords > 0; i++)
        {
            if (i < folded.Length && (char.IsLetterOrDigit(folded[i]) || folded[i] is '$' or '%' or '!' or '\''))
            {
                if (length == 0)
                    hash = new(seed);
                hash.Add(folded[i]);
                length++;
                continue;
            }
            if (length is > 1 and <= MaxWord)
            {
                slots.Add(Slot(hash.Value));
                // Syllables of Vietnamese say little alone: neighbours together are a word.
                if (previous != 0)
                    slots.Add(Slot((previous * 31) ^ (hash.Value + 0x9e3779b9)));
                previous = hash.Value;
                maxWords--;
            }
            length = 0;
        }
    }

    private static void Add(string token, HashSet<int> slots) => slots.Add(Slot(HashCode32.Of(token)));

    private static int Slot(uint hash) => (int)((hash ^ (hash >> 15)) * 0x85ebca6b >> 11) & (Slots - 1);

    /// <summary>FNV-1a: the same on every machine and in every version, since what is learned is kept by it.</summary>
    private struct HashCode32(uint value = 2166136261)
    {
        internal uint Value { get; private set; } = value;

        internal static uint Of(string text)
        {
            var hash = new HashCode32(2166136261);
            foreach (var c in text)
                hash.Add(c);
            return hash.Value;
        }

        internal void Add(char c)
        {
            Value = (Value ^ (c & 0xffu)) * 16777619;
            Value = (Value ^ (uint)(c >> 8)) * 16777619;
        }
    }
}
