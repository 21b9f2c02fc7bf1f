using System.Text.Json;

namespace CongVu.Mail.Jmap.Emails;

/// <summary>Email/changes (RFC 8621 §4.3).</summary>
internal static class EmailChanges
{
    internal static async ValueTask RunAsync(Call call, Utf8JsonWriter json, CancellationToken cancellationToken) => await call.InScopeAsync(
        async (tx, scope) =>
        {
            var since = call.Since(scope, "sinceState");
            var list = new ChangeList();
            foreach (var change in await EmailHistory.ReadAsync(tx, scope, since))
            {
                if (change.IsSeen)
                    list.AddSeen(JmapId.Of(change.Id), change.Created, change.At, since);
                else if (change.WasSeen)
                    list.Add(JmapId.Of(change.Id), change.At, ChangeList.Kind.Destroyed);
            }
            list.Write(call, json, call.Arguments.NeededText("sinceState"), at => call.State(scope, at), scope.ModSeq);
            return scope;
        },
        cancellationToken);
}
