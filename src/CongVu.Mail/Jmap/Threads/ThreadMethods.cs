using System.Text.Json;

namespace CongVu.Mail.Jmap.Threads;

/// <summary>Thread/get and Thread/changes (RFC 8621 §3).</summary>
internal static class ThreadMethods
{
    private static readonly HashSet<string> Properties = ["id", "emailIds"];

    internal static async ValueTask GetAsync(Call call, Utf8JsonWriter json, CancellationToken cancellationToken)
    {
        var properties = call.Properties(Properties);
        var ids = call.Ids();
        await call.InScopeAsync(
            (_, scope) =>
            {
                var wanted = ids ?? [.. scope.Messages.Select(m => JmapId.Thread(m.ThreadId)).Distinct().Take(call.Limits.MaxObjectsInGet + 1)];
                if (wanted.Count > call.Limits.MaxObjectsInGet)
                    throw new MethodErrorException("requestTooLarge");
                var missing = new List<string>();
                GetReply.Begin(json, call, call.State(scope));
                foreach (var id in wanted)
                {
                    // §3: the oldest first.
                    var emails = JmapId.Read(id, 't') is { } key ? scope.Thread(key).Reverse().Select(m => JmapId.Of(m.Id)).ToArray() : [];
                    if (emails.Length == 0)
                    {
                        missing.Add(id);
                        continue;
                    }
                    json.WriteStartObject();
                    json.WriteString("id"u8, id);
                    if (properties?.Contains("emailIds") != false)
                        GetReply.WriteStrings(json, "emailIds", emails);
                    json.WriteEndObject();
                }
                GetReply.End(json, missing);
                return ValueTask.FromResult(scope);
            },
            cancellationToken);
    }

    internal static async ValueTask ChangesAsync(Call call, Utf8JsonWriter json, CancellationToken cancellationToken) => await call.InScopeAsync(
        async (tx, scope) =>
        {
            var since = call.Since(scope, "sinceState");
            var list = new ChangeList();
            // Which messages a conversation has changes only as they come and go.
            foreach (var thread in (await EmailHistory.ReadAsync(tx, scope, since)).Where(c => !c.WasSeen || !c.IsSeen || !scope.IsOwner).GroupBy(c => c.Thread))
            {
                var named = thread.Select(c => c.Id).ToHashSet();
                var others = scope.Thread(thread.Key).Where(m => !named.Contains(m.Id)).ToArray();
                var existed = others.Length > 0 || thread.Any(c => c.WasSeen);
                var at = thread.Max(c => c.WasSeen || !c.IsSeen || !scope.IsOwner ? c.At : c.Created);
                if (others.Length > 0 || thread.Any(c => c.IsSeen))
                    list.Add(JmapId.Thread(thread.Key), existed ? at : thread.Min(c => c.Created), existed ? ChangeList.Kind.Updated : ChangeList.Kind.Created);
                else if (existed)
                    list.Add(JmapId.Thread(thread.Key), at, ChangeList.Kind.Destroyed);
            }
            list.Write(call, json, call.Arguments.NeededText("sinceState"), at => call.State(scope, at), scope.ModSeq);
            return scope;
        },
        cancellationToken);
}
