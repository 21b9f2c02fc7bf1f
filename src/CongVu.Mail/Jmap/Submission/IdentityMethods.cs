using System.Text.Json;
using CongVu.Mail.Store;
using MimeKit;

namespace CongVu.Mail.Jmap.Submission;

/// <summary>Identity/get, /changes and /set (RFC 8621 §6). They are their account's: a custodian finds the organization's signature ready.</summary>
internal static class IdentityMethods
{
    private const int MaxSignature = 64 * 1024;

    private static readonly HashSet<string> Properties = ["id", "name", "email", "replyTo", "bcc", "textSignature", "htmlSignature", "mayDelete"];

    internal static async ValueTask GetAsync(Call call, Utf8JsonWriter json, CancellationToken cancellationToken)
    {
        var properties = call.Properties(Properties);
        var ids = call.Ids();
        var (scope, all) = await ReadAsync(call, cancellationToken);
        GetReply.Begin(json, call, call.State(scope));
        foreach (var identity in all.Where(i => !i.IsDestroyed && (ids is null || ids.Contains(Id(i)))))
            Write(json, scope, identity, properties);
        GetReply.End(json, ids?.Except(all.Where(i => !i.IsDestroyed).Select(Id)) ?? []);
    }

    internal static async ValueTask ChangesAsync(Call call, Utf8JsonWriter json, CancellationToken cancellationToken)
    {
        var (scope, all) = await ReadAsync(call, cancellationToken);
        var since = call.Since(scope, "sinceState");
        var list = new ChangeList();
        foreach (var identity in all.Where(i => i.ModSeq > since))
        {
            if (!identity.IsDestroyed)
                list.AddSeen(Id(identity), identity.Created, identity.ModSeq, since);
            else if (identity.Created <= since)
                list.Add(Id(identity), identity.ModSeq, ChangeList.Kind.Destroyed);
        }
        list.Write(call, json, call.Arguments.NeededText("sinceState"), at => call.State(scope, at), scope.ModSeq);
    }

    internal static async ValueTask SetAsync(Call call, Utf8JsonWriter json, CancellationToken cancellationToken)
    {
        var set = SetRun.Read(call);
        var (scope, all) = await ReadAsync(call, cancellationToken);
        var before = call.State(scope);
        if (set.IfInState is { } expected && expected != before)
            throw new MethodErrorException("stateMismatch");
        foreach (var (creation, value) in set.Create)
        {
            try
            {
                var identity = Edit(new(0, "", "", null, null, "", "", default, default, IsDestroyed: false), value);
                if (!await call.Store.Accounts.MaySendAsAsync(call.Who, identity.Email, cancellationToken))
                    throw new SetErrorException(new("forbiddenFrom", "The address is not yours to send from."));
                if (await call.Store.Identities.AddAsync(scope.Account.Id, identity, cancellationToken) is { } id)
                    set.Created(creation, JmapId.Of('i', id), static json => json.WriteBoolean("mayDelete"u8, true));
                else
                    set.NotCreated(creation, new("overQuota"));
            }
            catch (SetErrorException error)
            {
                set.NotCreated(creation, error.Error);
            }
        }
        foreach (var (given, patch) in set.Update)
        {
            var found = all.Find(i => !i.IsDestroyed && Id(i) == call.Resolve(given));
            try
            {
                if (found is null || !await call.Store.Identities.PutAsync(scope.Account.Id, Edit(found, patch), cancellationToken))
                    set.NotUpdated(given, SetError.NotFound);
                else
                    set.Updated(given);
            }
            catch (SetErrorException error)
            {
                set.NotUpdated(given, error.Error);
            }
        }
        foreach (var id in set.Destroy)
        {
            var found = all.Find(i => !i.IsDestroyed && Id(i) == id);
            if (found is not null && IsPrimary(scope, found))
                set.NotDestroyed(id, SetError.Forbidden);
            else if (found is not null && await call.Store.Identities.PutAsync(scope.Account.Id, found with { IsDestroyed = true }, cancellationToken))
                set.Destroyed(id);
            else
                set.NotDestroyed(id, SetError.NotFound);
        }
        var after = await call.InScopeAsync((_, now) => ValueTask.FromResult(now), cancellationToken);
        set.Write(json, before, call.State(after));
    }

    internal static string Id(Identity identity) => JmapId.Of('i', identity.Id);

    /// <summary>The account and its identities; forbidden to those who only read in it.</summary>
    internal static async ValueTask<(AccountScope Scope, List<Identity> All)> ReadAsync(Call call, CancellationToken cancellationToken)
    {
        var first = await call.InScopeAsync((_, scope) => ValueTask.FromResult(scope), cancellationToken);
        if (!first.IsOwner)
            throw new MethodErrorException("accountNotSupportedByMethod");
        await call.Store.Identities.EnsureAsync(first.Account, cancellationToken);
        var read = await call.InScopeAsync(async (tx, scope) => Tuple.Create(scope, await Identities.ListAsync(tx, scope.Account.Id)), cancellationToken);
        return (read.Item1, read.Item2);
    }

    private static bool IsPrimary(AccountScope scope, Identity identity) => identity.Email == scope.Account.PrimaryAddress;

    private static void Write(Utf8JsonWriter json, AccountScope scope, Identity identity, HashSet<string>? properties)
    {
        bool Wants(string name) => properties is null || properties.Contains(name);
        json.WriteStartObject();
        json.WriteString("id"u8, Id(identity));
        if (Wants("name"))
            json.WriteString("name"u8, identity.Name);
        if (Wants("email"))
            json.WriteString("email"u8, identity.Email);
        foreach (var (name, list) in new[] { ("replyTo", identity.ReplyToJson), ("bcc", identity.BccJson) })
        {
            if (!Wants(name))
                continue;
            json.WritePropertyName(name);
            json.WriteRawValue(list ?? "null");
        }
        if (Wants("textSignature"))
            json.WriteString("textSignature"u8, identity.TextSignature);
        if (Wants("htmlSignature"))
            json.WriteString("htmlSignature"u8, identity.HtmlSignature);
        if (Wants("mayDelete"))
            json.WriteBoolean("mayDelete"u8, !IsPrimary(scope, identity));
        json.WriteEndObject();
    }

    private static Identity Edit(Identity identity, JsonElement value)
    {
        foreach (var property in value.EnumerateObject())
        {
            var text = property.Value.ValueKind == JsonValueKind.String ? property.Value.GetString()! : null;
            identity = property.Name switch
            {
                "name" when text is { Length: <= 500 } => identity with { Name = text },
                "email" when text is not null && identity.Id == 0 && MailboxAddress.TryParse(text, out var mailbox) && mailbox.Address == text => identity with { Email = text },
                "textSignature" when text is { Length: <= MaxSignature } => identity with { TextSignature = text },
                "htmlSignature" when text is { Length: <= MaxSignature } => identity with { HtmlSignature = text },
                "replyTo" when IsAddresses(property.Value) => identity with { ReplyToJson = property.Value.ValueKind == JsonValueKind.Null ? null : property.Value.GetRawText() },
                "bcc" when IsAddresses(property.Value) => identity with { BccJson = property.Value.ValueKind == JsonValueKind.Null ? null : property.Value.GetRawText() },
                _ => throw SetErrorException.Invalid($"{property.Name} cannot be set to this.", property.Name),
            };
        }
        return identity.Email.Length > 0 ? identity : throw SetErrorException.Invalid("An identity has an address.", "email");
    }

    private static bool IsAddresses(JsonElement value) => value.ValueKind == JsonValueKind.Null || (value.ValueKind == JsonValueKind.Array && value.GetRawText().Length < MaxSignature && value.EnumerateArray().All(
        a => a.ValueKind == JsonValueKind.Object && a.TryGetProperty("email"u8, out var email) && email.ValueKind == JsonValueKind.String
            && a.EnumerateObject().All(p => p.Name is "email" or "name" && p.Value.ValueKind is JsonValueKind.String or JsonValueKind.Null)));
}
