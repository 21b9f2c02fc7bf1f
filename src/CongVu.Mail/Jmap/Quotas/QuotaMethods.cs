using System.Text.Json;
using CongVu.Mail.Store;

namespace CongVu.Mail.Jmap.Quotas;

/// <summary>Quota/get, /changes, /query and /queryChanges (RFC 9425): an account has one, of bytes (A5.3).</summary>
internal static class QuotaMethods
{
    private const string Storage = "storage";

    private static readonly HashSet<string> Properties = ["id", "resourceType", "used", "hardLimit", "scope", "name", "types", "warnLimit", "softLimit", "description"];

    internal static async ValueTask GetAsync(Call call, Utf8JsonWriter json, CancellationToken cancellationToken)
    {
        var properties = call.Properties(Properties);
        var ids = call.Ids();
        var scope = await call.InScopeAsync((_, found) => ValueTask.FromResult(found), cancellationToken);
        GetReply.Begin(json, call, call.State(scope));
        var isThere = scope.IsOwner && ids?.Contains(Storage) != false;
        if (isThere)
            Write(json, scope.Account, properties);
        GetReply.End(json, ids?.Where(id => id != Storage || !isThere) ?? []);
    }

    // What is used changes with the messages.
    internal static async ValueTask ChangesAsync(Call call, Utf8JsonWriter json, CancellationToken cancellationToken)
    {
        var scope = await call.InScopeAsync((_, found) => ValueTask.FromResult(found), cancellationToken);
        var since = call.Since(scope, "sinceState");
        var list = new ChangeList();
        if (scope.IsOwner && since < scope.ModSeq)
            list.Add(Storage, scope.ModSeq, ChangeList.Kind.Updated);
        list.Write(call, json, call.Arguments.NeededText("sinceState"), at => call.State(scope, at), scope.ModSeq, static json => GetReply.WriteStrings(json, "updatedProperties", ["used"]));
    }

    internal static async ValueTask QueryAsync(Call call, Utf8JsonWriter json, CancellationToken cancellationToken)
    {
        var matches = Matches(call);
        var window = QueryWindow.Read(call);
        var scope = await call.InScopeAsync((_, found) => ValueTask.FromResult(found), cancellationToken);
        window.Write(call, json, call.State(scope), canChange: true, scope.IsOwner && matches ? [Storage] : []);
    }

    internal static async ValueTask QueryChangesAsync(Call call, Utf8JsonWriter json, CancellationToken cancellationToken)
    {
        var matches = Matches(call);
        var countTotal = call.Arguments.Flag("calculateTotal", otherwise: false);
        var scope = await call.InScopeAsync((_, found) => ValueTask.FromResult(found), cancellationToken);
        var isThere = scope.IsOwner && matches;
        HashSet<string> moved = call.Since(scope, "sinceQueryState") < scope.ModSeq && isThere ? [Storage] : [];
        QueryChangesReply.Write(call, json, call.State(scope), moved, isThere ? [Storage] : [], moved.Contains, countTotal);
    }

    private static bool Matches(Call call)
    {
        Comparator.ReadAll(call, new HashSet<string> { "name", "used" });
        return Filter<bool>.Matches(Filter<bool>.Read(call.Arguments.Object("filter"), call.Limits.MaxFilterConditions, ReadCondition), static holds => holds);
    }

    // RFC 9425 §4.3: the name contains the text, the others are equal.
    private static bool ReadCondition(Arguments arguments)
    {
        var (name, scope, resource, type) = (arguments.Text("name"), arguments.Text("scope"), arguments.Text("resourceType"), arguments.Text("type"));
        return (name is null || Storage.Contains(name, StringComparison.OrdinalIgnoreCase)) && scope is null or "account" && resource is null or "octets" && type is null or "Email";
    }

    private static void Write(Utf8JsonWriter json, Account account, HashSet<string>? properties)
    {
        bool Wants(string name) => properties is null || properties.Contains(name);
        json.WriteStartObject();
        json.WriteString("id"u8, Storage);
        foreach (var (name, value) in new[] { ("resourceType", "octets"), ("scope", "account"), ("name", Storage) })
        {
            if (Wants(name))
                json.WriteString(name, value);
        }
        if (Wants("used"))
            json.WriteNumber("used"u8, account.UsedBytes);
        if (Wants("hardLimit"))
            json.WriteNumber("hardLimit"u8, account.QuotaBytes);
        if (Wants("warnLimit"))
            json.WriteNumber("warnLimit"u8, account.QuotaBytes / 10 * 9);
        if (Wants("softLimit"))
            json.WriteNull("softLimit"u8);
        if (Wants("description"))
            json.WriteNull("description"u8);
        if (Wants("types"))
            GetReply.WriteStrings(json, "types", ["Email"]);
        json.WriteEndObject();
    }
}
