using System.Text.Json;
using CongVu.Mail.Store;

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
            var changed = new Dictionary<long, ModSeq>();
            foreach (var message in scope.Index.Messages)
            {
                if (message.ModSeq > since && !scope.IsOwner && !scope.Sees(message))
                    throw new MethodErrorException("cannotCalculateChanges");
                // What a part of an account shows of a message may begin with a copy made later.
                if (message.Created > since || (!scope.IsOwner && message.ModSeq > since))
                    Note(changed, message.ThreadId, scope.IsOwner ? message.Created : message.ModSeq);
            }
            var gone = await MessageTombstone.ReadAsync(tx, scope, since);
            foreach (var tombstone in gone)
                Note(changed, tombstone.Thread, tombstone.At);

            var list = new ChangeList();
            foreach (var (thread, at) in changed)
            {
                var now = scope.Thread(thread).ToArray();
                var existed = now.Any(m => m.Created <= since) || gone.Any(t => t.Thread == thread && t.Created <= since);
                if (now.Length > 0)
                    list.Add(JmapId.Thread(thread), at, existed ? ChangeList.Kind.Updated : ChangeList.Kind.Created);
                else if (existed)
                    list.Add(JmapId.Thread(thread), at, ChangeList.Kind.Destroyed);
            }
            list.Write(call, json, call.Arguments.NeededText("sinceState"), at => call.State(scope, at), scope.ModSeq);
            return scope;
        },
        cancellationToken);

    private static void Note(Dictionary<long, ModSeq> changed, long thread, ModSeq at) =>
        changed[thread] = changed.TryGetValue(thread, out var known) && known > at ? known : at;
}
