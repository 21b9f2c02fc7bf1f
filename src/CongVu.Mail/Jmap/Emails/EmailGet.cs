using System.Text.Json;
using CongVu.Mail.Store;

namespace CongVu.Mail.Jmap.Emails;

/// <summary>Email/get (RFC 8621 §4.2).</summary>
internal static class EmailGet
{
    internal static async ValueTask RunAsync(Call call, Utf8JsonWriter json, CancellationToken cancellationToken)
    {
        var properties = EmailProperties.Read(call);
        var ids = call.Ids();

        // 1. The rows, on one snapshot.
        var found = await call.InScopeAsync(
            async (tx, scope) =>
            {
                var wanted = ids ?? [.. scope.Messages.Take(call.Limits.MaxObjectsInGet + 1).Select(m => JmapId.Of(m.Id))];
                if (wanted.Count > call.Limits.MaxObjectsInGet)
                    throw new MethodErrorException("requestTooLarge");
                var missing = new List<string>();
                var messages = new List<IndexedMessage>(wanted.Count);
                foreach (var id in wanted)
                {
                    if (JmapId.Message(id) is { } key && scope.Find(key) is { } message)
                        messages.Add(message);
                    else
                        missing.Add(id);
                }
                return new Found(call.State(scope), await StoredMessage.ReadAsync(tx, messages), missing);
            },
            cancellationToken);

        // 2. Bytes are read without one.
        GetReply.Begin(json, call, found.State);
        foreach (var message in found.Messages)
        {
            await using var email = EmailView.Of(call.Store, message);
            await EmailWriter.WriteAsync(json, email, properties, cancellationToken);
        }
        GetReply.End(json, found.Missing);
    }

    private sealed record Found(string State, List<StoredMessage> Messages, List<string> Missing);
}
