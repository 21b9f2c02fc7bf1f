using System.Text.Json;
using CongVu.Mail.Store;

namespace CongVu.Mail.Jmap.Mailboxes;

/// <summary>Mailbox/set (RFC 8621 §2.5).</summary>
internal static class MailboxSet
{
    private static readonly string[] ServerSet = ["id", "totalEmails", "unreadEmails", "totalThreads", "unreadThreads", "myRights"];

    internal static async ValueTask RunAsync(Call call, Utf8JsonWriter json, CancellationToken cancellationToken)
    {
        var account = call.AccountOf();
        var set = SetRun.Read(call);
        var removeEmails = call.Arguments.Flag("onDestroyRemoveEmails", otherwise: false);
        var before = await StateAsync(call, account, cancellationToken);
        if (set.IfInState is { } expected && expected != before)
            throw new MethodErrorException("stateMismatch");
        foreach (var (creation, value) in InOrder(set.Create))
            await CreateAsync(call, set, account, creation, value, cancellationToken);
        foreach (var (id, patch) in set.Update)
            await UpdateAsync(call, set, account, call.Resolve(id), patch, cancellationToken);
        // Children before what they lie in: both may be named.
        foreach (var id in await DeepestFirstAsync(call, account, set.Destroy, cancellationToken))
            await DestroyAsync(call, set, account, id, removeEmails, cancellationToken);
        set.Write(json, before, await StateAsync(call, account, cancellationToken));
    }

    private static async ValueTask<string> StateAsync(Call call, AccountId account, CancellationToken cancellationToken) =>
        await call.Store.Messages.InScopeAsync<string>(call.Who, account, (_, scope) => ValueTask.FromResult<string?>(call.State(scope)), cancellationToken) ?? throw new MethodErrorException("accountNotFound");

    private static async ValueTask<AccountScope> ScopeAsync(Call call, AccountId account, CancellationToken cancellationToken) =>
        await call.Store.Messages.InScopeAsync<AccountScope>(call.Who, account, (_, scope) => ValueTask.FromResult<AccountScope?>(scope), cancellationToken) ?? throw new MethodErrorException("accountNotFound");

    // A mailbox may lie in one that is made by the same call.
    private static IEnumerable<(string Creation, JsonElement Object)> InOrder(IReadOnlyList<(string Creation, JsonElement Object)> create)
    {
        var left = create.ToList();
        while (left.Count > 0)
        {
            var next = left.FindIndex(one => ParentOf(one.Object) is not ['#', .. var parent] || left.All(other => other.Creation != parent));
            var taken = left[Math.Max(0, next)];
            left.RemoveAt(Math.Max(0, next));
            yield return taken;
        }
    }

    private static string? ParentOf(JsonElement value) => value.TryGetProperty("parentId"u8, out var parent) && parent.ValueKind == JsonValueKind.String ? parent.GetString() : null;

    private static async ValueTask CreateAsync(Call call, SetRun set, AccountId account, string creation, JsonElement value, CancellationToken cancellationToken)
    {
        MailboxEditing edit;
        var scope = await ScopeAsync(call, account, cancellationToken);
        try
        {
            edit = MailboxEditing.Read(call, scope, value, isNew: true);
        }
        catch (SetErrorException invalid)
        {
            set.NotCreated(creation, invalid.Error);
            return;
        }
        var made = await call.Store.Mailboxes.CreateAsync(call.Who, edit.NameIn(scope), edit.Role ?? MailboxRole.None, cancellationToken);
        if (!made.Ok)
        {
            set.NotCreated(creation, Error(made.Refusal, isNew: true));
            return;
        }
        var id = made.Value.Mailbox.Id;
        var subscribed = edit.IsSubscribed ?? false;
        await call.Store.Mailboxes.EditAsync(call.Who, id, null, null, edit.SortOrder, subscribed ? true : null, cancellationToken);
        set.Created(creation, JmapId.Of(id), json =>
        {
            if (edit.SortOrder is null)
                json.WriteNumber("sortOrder"u8, 0);
            json.WriteNumber("totalEmails"u8, 0);
            json.WriteNumber("unreadEmails"u8, 0);
            json.WriteNumber("totalThreads"u8, 0);
            json.WriteNumber("unreadThreads"u8, 0);
            json.WriteStartObject("myRights"u8);
            foreach (var right in (ReadOnlySpan<string>)["mayReadItems", "mayAddItems", "mayRemoveItems", "maySetSeen", "maySetKeywords", "mayCreateChild", "mayRename", "mayDelete", "maySubmit"])
                json.WriteBoolean(right, true);
            json.WriteEndObject();
            if (edit.IsSubscribed is null)
                json.WriteBoolean("isSubscribed"u8, false);
        });
    }

    private static async ValueTask UpdateAsync(Call call, SetRun set, AccountId account, string id, JsonElement patch, CancellationToken cancellationToken)
    {
        var scope = await ScopeAsync(call, account, cancellationToken);
        if (JmapId.Mailbox(id) is not { } key || !scope.Mailboxes.TryGetValue(key, out var mailbox))
        {
            set.NotUpdated(id, SetError.NotFound);
            return;
        }
        try
        {
            var edit = MailboxEditing.Read(call, scope, patch, isNew: false, mailbox);
            var refusal = await call.Store.Mailboxes.EditAsync(call.Who, key, edit.IsRenamed ? edit.NameIn(scope) : null, edit.Role, edit.SortOrder, edit.IsSubscribed, cancellationToken);
            if (refusal == Refusal.None)
                set.Updated(id);
            else
                set.NotUpdated(id, Error(refusal, isNew: false));
        }
        catch (SetErrorException invalid)
        {
            set.NotUpdated(id, invalid.Error);
        }
    }

    private static async ValueTask<IEnumerable<string>> DeepestFirstAsync(Call call, AccountId account, IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        if (ids.Count < 2)
            return ids;
        var scope = await ScopeAsync(call, account, cancellationToken);
        return ids.OrderByDescending(id => JmapId.Mailbox(id) is { } key && scope.Mailboxes.TryGetValue(key, out var found) ? found.Mailbox.Path.Count(c => c == '/') : 0);
    }

    private static async ValueTask DestroyAsync(Call call, SetRun set, AccountId account, string id, bool removeEmails, CancellationToken cancellationToken)
    {
        var scope = await ScopeAsync(call, account, cancellationToken);
        if (JmapId.Mailbox(id) is not { } key || !scope.Mailboxes.TryGetValue(key, out var mailbox))
        {
            set.NotDestroyed(id, SetError.NotFound);
            return;
        }
        if (!removeEmails && mailbox.Mailbox.MessageCount > 0)
        {
            // RFC 8621 §2.5: children are told of first.
            var prefix = mailbox.Mailbox.Path + "/";
            var hasChild = scope.Mailboxes.Values.Any(m => m.Mailbox.Path.StartsWith(prefix, StringComparison.Ordinal));
            set.NotDestroyed(id, new(hasChild ? "mailboxHasChild" : "mailboxHasEmail"));
            return;
        }
        var refusal = await call.Store.Mailboxes.DeleteAsync(call.Who, mailbox.Name, cancellationToken);
        switch (refusal)
        {
            case Refusal.None:
                set.Destroyed(id);
                break;
            case Refusal.HasChildren:
                set.NotDestroyed(id, new("mailboxHasChild"));
                break;
            default:
                set.NotDestroyed(id, refusal == Refusal.NotFound ? SetError.NotFound : SetError.Forbidden);
                break;
        }
    }

    private static SetError Error(Refusal refusal, bool isNew) => refusal switch
    {
        Refusal.AlreadyExists => isNew ? SetError.InvalidProperties("The name or the role is taken.", "name", "role") : SetError.InvalidProperties("The name or the role is taken.", "name"),
        Refusal.InvalidName => SetError.InvalidProperties("The name cannot be used.", "name"),
        Refusal.TooMany => new("overQuota", "There are too many mailboxes."),
        Refusal.NotFound => isNew ? SetError.InvalidProperties("There is no such parent.", "parentId") : SetError.NotFound,
        _ => SetError.Forbidden,
    };

    internal static bool IsServerSet(string property) => ServerSet.Contains(property);
}
