using System.Net;
using System.Text;
using System.Text.Json;
using CongVu.Formats.Mime;
using CongVu.Formats.Text;
using CongVu.Mail.Store;
using CongVu.Mail.Store.Search;

namespace CongVu.Mail.Jmap.Emails;

/// <summary>SearchSnippet/get (RFC 8621 §5): where in subject and text the words that were looked for stand, diacritics aside.</summary>
internal static class SearchSnippetGet
{
    private const int BeforeMatch = 60;
    private const int MaxSnippet = 240;

    /// <summary>Text of a message that a snippet is looked for in.</summary>
    private const int MaxText = 64 * 1024;

    internal static async ValueTask RunAsync(Call call, Utf8JsonWriter json, CancellationToken cancellationToken)
    {
        var words = Words(EmailFilter.ReadFilter(call));
        var ids = call.Arguments.Texts("emailIds")?.Select(call.Resolve).Distinct().ToArray() ?? throw MethodErrorException.InvalidArguments("emailIds is missing.");
        if (ids.Length > call.Limits.MaxObjectsInGet)
            throw new MethodErrorException("requestTooLarge");
        var found = await call.InScopeAsync(
            async (tx, scope) => await StoredMessage.ReadAsync(tx, [.. ids.Select(id => JmapId.Message(id) is { } key ? scope.Find(key) : null).OfType<IndexedMessage>()]),
            cancellationToken);

        json.WriteStartObject();
        json.WriteString("accountId"u8, call.Arguments.NeededText("accountId"));
        json.WriteStartArray("list"u8);
        foreach (var message in found)
        {
            var (subject, preview) = await SnippetAsync(call, message, words, cancellationToken);
            json.WriteStartObject();
            json.WriteString("emailId"u8, JmapId.Of(message.Indexed.Id));
            json.WriteString("subject"u8, subject);
            json.WriteString("preview"u8, preview);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        var missing = ids.Except(found.Select(m => JmapId.Of(m.Indexed.Id))).ToArray();
        if (missing.Length == 0)
            json.WriteNull("notFound"u8);
        else
            GetReply.WriteStrings(json, "notFound", missing);
        json.WriteEndObject();
    }

    // Words of the subject and of the text; what is not to be there is not looked for.
    private static (string[] Subject, string[] Body) Words(Filter<EmailCondition>? filter)
    {
        var texts = Positive(filter).SelectMany(c => c.Texts).ToArray();
        return (Fold(texts.Where(t => t.Field is SearchField.Text or SearchField.Subject)), Fold(texts.Where(t => t.Field is SearchField.Text or SearchField.Body)));

        static string[] Fold(IEnumerable<TextCondition> of) => [.. of.SelectMany(t => t.Words).Select(w => VietnameseFolding.Fold(w)).Where(w => w.Length > 0).Distinct()];
    }

    private static IEnumerable<EmailCondition> Positive(Filter<EmailCondition>? filter) => filter switch
    {
        Filter<EmailCondition>.Condition { Is: var condition } => [condition],
        Filter<EmailCondition>.Operator { Name: not "NOT", Of: var inner } => inner.SelectMany(Positive),
        _ => [],
    };

    private static async ValueTask<(string? Subject, string? Preview)> SnippetAsync(Call call, StoredMessage message, (string[] Subject, string[] Body) words, CancellationToken cancellationToken)
    {
        var facts = MessageFacts.Deserialize(message.Facts);
        var subject = Mark(facts.Subject, words.Subject);
        if (words.Body.Length == 0)
            return (subject, null);
        await using var content = (await call.Store.Contents.OpenAsync(message.Content, default, cancellationToken)).AsStream();
        var text = (await MessageText.ReadAsync(content, facts, cancellationToken)).Body;
        return (subject, Mark(OneLine(text.AsSpan(0, Math.Min(text.Length, MaxText))), words.Body, cut: true));
    }

    private static string OneLine(ReadOnlySpan<char> text)
    {
        var line = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (!char.IsWhiteSpace(c) && !char.IsControl(c))
                line.Append(c);
            else if (line.Length > 0 && line[^1] != ' ')
                line.Append(' ');
        }
        return line.ToString();
    }

    /// <summary>The text as HTML with each match in mark; null without any.</summary>
    internal static string? Mark(string text, IReadOnlyList<string> words, bool cut = false)
    {
        // Folding may drop characters: each folded one remembers where it came from.
        var folded = new StringBuilder(text.Length);
        var origin = new List<int>(text.Length + 1);
        for (var i = 0; i < text.Length; i++)
        {
            var width = char.IsHighSurrogate(text[i]) && i + 1 < text.Length ? 2 : 1;
            var one = VietnameseFolding.Fold(text.AsSpan(i, width));
            folded.Append(one);
            for (var n = 0; n < one.Length; n++)
                origin.Add(i);
            i += width - 1;
        }
        origin.Add(text.Length);
        var all = folded.ToString();
        var matches = new List<(int From, int To)>();
        foreach (var word in words)
        {
            for (var at = all.IndexOf(word, StringComparison.Ordinal); at >= 0; at = all.IndexOf(word, at + word.Length, StringComparison.Ordinal))
                matches.Add((origin[at], origin[at + word.Length]));
        }
        if (matches.Count == 0)
            return null;
        matches.Sort();
        var from = cut ? Math.Max(0, matches[0].From - BeforeMatch) : 0;
        while (from > 0 && text[from - 1] != ' ' && matches[0].From - from < BeforeMatch + 20)
            from--;
        var to = cut ? Math.Min(text.Length, Math.Max(matches[0].To, from + MaxSnippet)) : text.Length;
        return Write(text, matches, from, to);
    }

    private static string Write(string text, List<(int From, int To)> matches, int from, int to)
    {
        var html = new StringBuilder(from > 0 ? "… " : "");
        var at = from;
        foreach (var match in matches)
        {
            if (match.From < at || match.To > to)
                continue;
            html.Append(WebUtility.HtmlEncode(text[at..match.From])).Append("<mark>").Append(WebUtility.HtmlEncode(text[match.From..match.To])).Append("</mark>");
            at = match.To;
        }
        return html.Append(WebUtility.HtmlEncode(text[at..to])).Append(to < text.Length ? " …" : "").ToString();
    }
}
