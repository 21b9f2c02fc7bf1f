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
            foreach (var message in scope.Index.Messages)
            {
                if (message.ModSeq <= since)
                    continue;
                // Of a part of an account: what came into it or left it is not known apart from what changed within it or never was there.
                if (!scope.IsOwner && (message.Created <= since || !scope.Sees(message)))
                    throw new MethodErrorException("cannotCalculateChanges");
                list.Add(JmapId.Of(message.Id), message.ModSeq, message.Created > since ? ChangeList.Kind.Created : ChangeList.Kind.Updated);
            }
            foreach (var gone in await MessageTombstone.ReadAsync(tx, scope, since))
            {
                if (gone.Created <= since)
                    list.Add(JmapId.Of(gone.Id), gone.At, ChangeList.Kind.Destroyed);
            }
            list.Write(call, json, call.Arguments.NeededText("sinceState"), at => call.State(scope, at), scope.ModSeq);
            return scope;
        },
        cancellationToken);
}
