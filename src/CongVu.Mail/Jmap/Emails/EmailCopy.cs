using System.Text.Json;
using System.Text.Json.Nodes;
using CongVu.Mail.Store;

namespace CongVu.Mail.Jmap.Emails;

/// <summary>Email/copy (RFC 8621 §4.7): into another account, on the same bytes.</summary>
internal static class EmailCopy
{
    internal static async ValueTask RunAsync(Call call, Utf8JsonWriter json, CancellationToken cancellationToken)
    {
        var (from, to) = (call.AccountOf("fromAccountId"), call.AccountOf());
        if (from == to)
            throw MethodErrorException.InvalidArguments("The accounts are the same.");
        var create = SetRun.Map(call.Arguments, "create");
        if (create.Count > call.Limits.MaxObjectsInSet)
            throw new MethodErrorException("requestTooLarge");
        var source = await call.InScopeAsync((_, scope) => ValueTask.FromResult(scope), cancellationToken, "fromAccountId");
        if (call.Arguments.Text("ifFromInState") is { } fromState && fromState != call.State(source))
            throw new MethodErrorException("stateMismatch");
        var before = await call.InScopeAsync((_, scope) => ValueTask.FromResult(call.State(scope)), cancellationToken);
        if (call.Arguments.Text("ifInState") is { } expected && expected != before)
            throw new MethodErrorException("stateMismatch");
        var destroyOriginals = call.Arguments.Flag("onSuccessDestroyOriginal", otherwise: false);
        var destroyIf = call.Arguments.Text("destroyFromIfInState");

        var set = SetRun.Read(call, creates: false);
        var copied = new List<string>();
        foreach (var (creation, value) in create)
        {
            try
            {
                copied.Add(await CopyAsync(call, set, source, to, creation, value, cancellationToken));
            }
            catch (SetErrorException error)
            {
                set.NotCreated(creation, error.Error);
            }
        }
        var after = await call.InScopeAsync((_, scope) => ValueTask.FromResult(call.State(scope)), cancellationToken);
        json.WriteStartObject();
        json.WriteString("fromAccountId"u8, JmapId.Of(from));
        json.WriteString("accountId"u8, JmapId.Of(to));
        json.WriteString("oldState"u8, before);
        json.WriteString("newState"u8, after);
        set.WriteCreations(json);
        json.WriteEndObject();

        // RFC 8620 §5.4: an implicit Email/set follows.
        if (!destroyOriginals || copied.Count == 0)
            return;
        var destroy = new JsonObject { ["accountId"] = JmapId.Of(from), ["destroy"] = new JsonArray([.. copied.Select(id => (JsonNode)id)]) };
        if (destroyIf is not null)
            destroy["ifInState"] = destroyIf;
        call.Implied.Add(("Email/set", JsonSerializer.SerializeToUtf8Bytes(destroy)));
    }

    private static async ValueTask<string> CopyAsync(Call call, SetRun set, AccountScope source, AccountId to, string creation, JsonElement value, CancellationToken cancellationToken)
    {
        if (!value.TryGetProperty("id"u8, out var given) || given.ValueKind != JsonValueKind.String)
            throw SetErrorException.Invalid("The message to copy is named.", "id");
        if (value.EnumerateObject().FirstOrDefault(p => p.Name is not ("id" or "mailboxIds" or "keywords" or "receivedAt")) is { Value.ValueKind: not JsonValueKind.Undefined } other)
            throw SetErrorException.Invalid($"{other.Name} cannot be set.", other.Name);
        var id = call.Resolve(given.GetString()!);
        if (JmapId.Message(id) is not { } key || await call.Store.Messages.FindStoredAsync(call.Who, source.Account.Id, key, cancellationToken) is not { } message)
            throw new SetErrorException(SetError.NotFound);
        var draft = EmailDraft.Read(call, value);
        // §4.7: what is not given is as it is there.
        var keywords = value.TryGetProperty("keywords"u8, out _);
        var created = await call.Store.Messages.CreateAsync(
            call.Who,
            to,
            null,
            (message.Content, message.Prefix),
            draft.Mailboxes,
            keywords ? draft.Flags : message.Indexed.Flags & ~MessageFlags.Deleted,
            keywords ? draft.Keywords : [.. message.Indexed.Copies.SelectMany(c => Keywords.Split(c.Keywords)).Distinct()],
            draft.Received ?? DateTimeOffset.FromUnixTimeMilliseconds(message.Indexed.Received),
            cancellationToken);
        if (!created.Ok)
            throw new SetErrorException(EmailSet.Error(created.Refusal));
        EmailSet.WriteCreated(set, creation, created.Value);
        return id;
    }
}
