using System.Text.Json;
using CongVu.Formats.Text;
using CongVu.Mail.Store;

namespace CongVu.Mail.Jmap.Contacts;

/// <summary>
/// The directory of the installation as one address book that everybody reads (RFC 9610): AddressBook/get and /changes, ContactCard/get, /changes and /query. Cards are JSContact (RFC 9553).
/// </summary>
internal static class ContactMethods
{
    private const string Book = "directory";

    private static readonly HashSet<string> BookProperties = ["id", "name", "description", "sortOrder", "isDefault", "isSubscribed", "shareWith", "myRights"];

    private static readonly HashSet<string> SortProperties = ["created", "updated", "name/given", "name/surname", "name"];

    internal static async ValueTask GetBooksAsync(Call call, Utf8JsonWriter json, CancellationToken cancellationToken)
    {
        var properties = call.Properties(BookProperties);
        bool Wants(string name) => properties is null || properties.Contains(name);
        var ids = call.Ids();
        await HomeAsync(call, cancellationToken);
        GetReply.Begin(json, call, await StateAsync(call, cancellationToken));
        if (ids?.Contains(Book) != false)
        {
            json.WriteStartObject();
            json.WriteString("id"u8, Book);
            if (Wants("name"))
                json.WriteString("name"u8, "Danh bạ cơ quan");
            if (Wants("description"))
                json.WriteNull("description"u8);
            if (Wants("sortOrder"))
                json.WriteNumber("sortOrder"u8, 0);
            if (Wants("isDefault"))
                json.WriteBoolean("isDefault"u8, true);
            if (Wants("isSubscribed"))
                json.WriteBoolean("isSubscribed"u8, true);
            if (Wants("shareWith"))
                json.WriteNull("shareWith"u8);
            if (Wants("myRights"))
            {
                json.WriteStartObject("myRights"u8);
                foreach (var right in (ReadOnlySpan<string>)["mayRead", "mayWrite", "mayShare", "mayDelete"])
                    json.WriteBoolean(right, right == "mayRead");
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        GetReply.End(json, ids?.Where(id => id != Book) ?? []);
    }

    internal static async ValueTask GetCardsAsync(Call call, Utf8JsonWriter json, CancellationToken cancellationToken)
    {
        var properties = call.Arguments.Texts("properties");
        var ids = call.Ids();
        await HomeAsync(call, cancellationToken);
        var all = (await call.Store.Accounts.ListAsync(cancellationToken)).Where(IsListed).ToDictionary(Id);
        if (ids is null && all.Count > call.Limits.MaxObjectsInGet)
            throw new MethodErrorException("requestTooLarge");
        GetReply.Begin(json, call, await StateAsync(call, cancellationToken));
        foreach (var id in ids ?? [.. all.Keys])
        {
            if (all.TryGetValue(id, out var account))
                Write(json, account, properties);
        }
        GetReply.End(json, ids?.Where(id => !all.ContainsKey(id)) ?? []);
    }

    internal static async ValueTask QueryCardsAsync(Call call, Utf8JsonWriter json, CancellationToken cancellationToken)
    {
        var window = QueryWindow.Read(call);
        await HomeAsync(call, cancellationToken);
        window.Write(call, json, await StateAsync(call, cancellationToken), canChange: false, await FindAsync(call, cancellationToken));
    }

    private static async ValueTask<string[]> FindAsync(Call call, CancellationToken cancellationToken)
    {
        var filter = Filter<Func<Account, bool>>.Read(call.Arguments.Object("filter"), call.Limits.MaxFilterConditions, ReadCondition);
        Comparator.ReadAll(call, SortProperties);
        return [.. (await call.Store.Accounts.ListAsync(cancellationToken)).Where(a => IsListed(a) && Filter<Func<Account, bool>>.Matches(filter, condition => condition(a)))
            .OrderBy(a => VietnameseFolding.Fold(a.Name), StringComparer.Ordinal).ThenBy(a => a.Id.Value).Select(Id)];
    }

    // What changed in the directory is not written down; that nothing has is known.
    internal static async ValueTask ChangesAsync(Call call, Utf8JsonWriter json, CancellationToken cancellationToken)
    {
        await HomeAsync(call, cancellationToken);
        var state = call.Arguments.NeededText("sinceState");
        if (state != await StateAsync(call, cancellationToken))
            throw new MethodErrorException("cannotCalculateChanges");
        new ChangeList().Write(call, json, state, _ => state, default);
    }

    internal static async ValueTask QueryChangesAsync(Call call, Utf8JsonWriter json, CancellationToken cancellationToken)
    {
        await HomeAsync(call, cancellationToken);
        var (ids, state) = (await FindAsync(call, cancellationToken), await StateAsync(call, cancellationToken));
        if (call.Arguments.NeededText("sinceQueryState") != state)
            throw new MethodErrorException("cannotCalculateChanges");
        QueryChangesReply.Write(call, json, state, [], ids, _ => false, call.Arguments.Flag("calculateTotal", otherwise: false));
    }

    /// <summary>The directory is the administration's: a client changes nothing in it.</summary>
    internal static async ValueTask SetAsync(Call call, Utf8JsonWriter json, CancellationToken cancellationToken)
    {
        var set = SetRun.Read(call);
        await HomeAsync(call, cancellationToken);
        var state = await StateAsync(call, cancellationToken);
        if (set.IfInState is { } expected && expected != state)
            throw new MethodErrorException("stateMismatch");
        foreach (var (creation, _) in set.Create)
            set.NotCreated(creation, SetError.Forbidden);
        foreach (var (id, _) in set.Update)
            set.NotUpdated(id, SetError.Forbidden);
        foreach (var id in set.Destroy)
            set.NotDestroyed(id, SetError.Forbidden);
        set.Write(json, state, state);
    }

    private static Func<Account, bool> ReadCondition(Arguments arguments)
    {
        var conditions = new List<Func<Account, bool>>();
        foreach (var name in (ReadOnlySpan<string>)["text", "name", "email", "name/given", "name/surname", "organization"])
        {
            if (arguments.Text(name) is not { } text)
                continue;
            string[] words = [.. VietnameseFolding.Fold(text).Split(' ', StringSplitOptions.RemoveEmptyEntries)];
            conditions.Add(a => words.All(word => (name != "email" && VietnameseFolding.Fold(a.Name).Contains(word, StringComparison.Ordinal)) || (name is "email" or "text" && a.PrimaryAddress.Contains(word, StringComparison.Ordinal))));
        }
        if (arguments.Text("inAddressBook") is { } book)
            conditions.Add(_ => book == Book);
        if (arguments.Text("kind") is { } kind)
            conditions.Add(a => Kind(a) == kind);
        return account => conditions.All(condition => condition(account));
    }

    private static bool IsListed(Account account) => account.State is AccountState.Active or AccountState.Suspended;

    private static string Id(Account account) => JmapId.Of('c', account.Id.Value);

    private static string Kind(Account account) => account.Kind == AccountKind.Organization ? "org" : "individual";

    // The directory is one for all; it hangs on the caller's own account.
    private static async ValueTask HomeAsync(Call call, CancellationToken cancellationToken)
    {
        var scope = await call.InScopeAsync((_, found) => ValueTask.FromResult(found), cancellationToken);
        if (!scope.IsHome)
            throw new MethodErrorException("accountNotSupportedByMethod");
    }

    private static async ValueTask<string> StateAsync(Call call, CancellationToken cancellationToken)
    {
        var state = await call.Store.Database.ReadAsync(
            tx => tx.FirstAsync("SELECT COUNT(*), COALESCE(MAX(id), 0), COALESCE(SUM(state), 0) FROM accounts", row => $"{row.GetInt64(0)}-{row.GetInt64(1)}-{row.GetValue(2)}"), cancellationToken);
        return $"{call.Store.Epoch}-{state}";
    }

    private static void Write(Utf8JsonWriter json, Account account, IReadOnlyList<string>? properties)
    {
        bool Wants(string name) => properties is null || properties.Contains(name);
        json.WriteStartObject();
        json.WriteString("id"u8, Id(account));
        if (Wants("@type"))
            json.WriteString("@type"u8, "Card"u8);
        if (Wants("version"))
            json.WriteString("version"u8, "1.0"u8);
        if (Wants("uid"))
            json.WriteString("uid"u8, $"urn:congvu:account:{account.Id.Value}");
        if (Wants("addressBookIds"))
        {
            json.WriteStartObject("addressBookIds"u8);
            json.WriteBoolean(Book, true);
            json.WriteEndObject();
        }
        if (Wants("kind"))
            json.WriteString("kind"u8, Kind(account));
        if (Wants("name"))
        {
            json.WriteStartObject("name"u8);
            json.WriteString("full"u8, account.Name);
            json.WriteEndObject();
        }
        if (Wants("emails"))
        {
            json.WriteStartObject("emails"u8);
            json.WriteStartObject("main"u8);
            json.WriteString("address"u8, account.PrimaryAddress);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }
}
