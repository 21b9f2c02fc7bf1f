using System.Text.Json;

namespace CongVu.Mail.Jmap.Emails;

/// <summary>Email/query and Email/queryChanges (RFC 8621 §4.4-4.5), from the account's index and the search index.</summary>
internal static class EmailQuery
{
    internal static async ValueTask RunAsync(Call call, Utf8JsonWriter json, CancellationToken cancellationToken)
    {
        var window = QueryWindow.Read(call);
        var run = await EmailQueryRun.RunAsync(call, EmailFilter.Read(call), cancellationToken);
        window.Write(call, json, run.State, canChange: true, [.. run.Results.Select(m => JmapId.Of(m.Id))]);
    }

    internal static async ValueTask RunChangesAsync(Call call, Utf8JsonWriter json, CancellationToken cancellationToken)
    {
        var since = call.Arguments.NeededText("sinceQueryState");
        var countTotal = call.Arguments.Flag("calculateTotal", otherwise: false);
        call.Arguments.Text("upToId");
        call.Arguments.Unsigned("maxChanges");
        var query = EmailFilter.Read(call);
        var run = await EmailQueryRun.RunAsync(call, query, cancellationToken);
        if (Call.ReadState(since, run.Scope, call.Store.Epoch) is not { } from)
            throw new MethodErrorException("cannotCalculateChanges");

        // 1. What changed, and with it whatever the change of one message of a conversation may change.
        var removed = new HashSet<string>(StringComparer.Ordinal);
        var threads = new HashSet<long>();
        foreach (var change in await call.Store.Database.ReadAsync(tx => EmailHistory.ReadAsync(tx, run.Scope, from), cancellationToken))
        {
            removed.Add(JmapId.Of(change.Id));
            threads.Add(change.Thread);
        }
        if (query.DependsOnThread)
        {
            foreach (var message in threads.SelectMany(run.Scope.Thread))
                removed.Add(JmapId.Of(message.Id));
        }

        // 2. RFC 8620 §5.6: all that may have changed is taken out and, where it is among the results, put in at its place.
        QueryChangesReply.Write(call, json, run.State, removed, [.. run.Results.Select(m => JmapId.Of(m.Id))], removed.Contains, countTotal, stopAtUpTo: !query.IsMutable);
    }
}
