using System.Text.Json;
using System.Text.Json.Nodes;
using CongVu.Mail.Store;
using Sent = CongVu.Mail.Store.Submission;

namespace CongVu.Mail.Jmap.Submission;

/// <summary>EmailSubmission/get, /changes, /query, /queryChanges and /set (RFC 8621 §7).</summary>
internal static class SubmissionMethods
{
    private static readonly HashSet<string> Properties = ["id", "identityId", "emailId", "threadId", "envelope", "sendAt", "undoStatus", "deliveryStatus", "dsnBlobIds", "mdnBlobIds"];

    internal static async ValueTask GetAsync(Call call, Utf8JsonWriter json, CancellationToken cancellationToken)
    {
        var properties = call.Properties(Properties);
        var ids = call.Ids();
        var (scope, all) = await ReadAsync(call, cancellationToken);
        var found = all.Where(s => !s.IsDestroyed && (ids is null || ids.Contains(Id(s)))).ToArray();
        if (found.Length > call.Limits.MaxObjectsInGet)
            throw new MethodErrorException("requestTooLarge");
        GetReply.Begin(json, call, call.State(scope));
        foreach (var submission in found)
            Write(json, submission, properties);
        GetReply.End(json, ids?.Except(found.Select(Id)) ?? []);
    }

    internal static async ValueTask ChangesAsync(Call call, Utf8JsonWriter json, CancellationToken cancellationToken)
    {
        var (scope, all) = await ReadAsync(call, cancellationToken);
        var since = call.Since(scope, "sinceState");
        var list = new ChangeList();
        foreach (var submission in all.Where(s => s.ModSeq > since))
        {
            if (!submission.IsDestroyed)
                list.AddSeen(Id(submission), submission.Created, submission.ModSeq, since);
            else if (submission.Created <= since)
                list.Add(Id(submission), submission.ModSeq, ChangeList.Kind.Destroyed);
        }
        list.Write(call, json, call.Arguments.NeededText("sinceState"), at => call.State(scope, at), scope.ModSeq);
    }

    internal static async ValueTask QueryAsync(Call call, Utf8JsonWriter json, CancellationToken cancellationToken)
    {
        var window = QueryWindow.Read(call);
        var (scope, results, _) = await FindAsync(call, cancellationToken);
        window.Write(call, json, call.State(scope), canChange: true, [.. results.Select(Id)]);
    }

    internal static async ValueTask QueryChangesAsync(Call call, Utf8JsonWriter json, CancellationToken cancellationToken)
    {
        var countTotal = call.Arguments.Flag("calculateTotal", otherwise: false);
        var (scope, results, all) = await FindAsync(call, cancellationToken);
        var since = call.Since(scope, "sinceQueryState");
        var changed = all.Where(s => s.ModSeq > since).Select(Id).ToHashSet(StringComparer.Ordinal);
        QueryChangesReply.Write(call, json, call.State(scope), changed, [.. results.Select(Id)], changed.Contains, countTotal);
    }

    internal static async ValueTask SetAsync(Call call, Utf8JsonWriter json, CancellationToken cancellationToken)
    {
        var set = SetRun.Read(call);
        var onUpdate = call.Arguments.Object("onSuccessUpdateEmail");
        var onDestroy = call.Arguments.Texts("onSuccessDestroyEmail") ?? [];
        var (_, identities) = await IdentityMethods.ReadAsync(call, cancellationToken);
        var (scope, all) = await ReadAsync(call, cancellationToken);
        var before = call.State(scope);
        if (set.IfInState is { } expected && expected != before)
            throw new MethodErrorException("stateMismatch");

        // Emails of what succeeded, by submission id and by "#" and creation id.
        var sent = new Dictionary<string, MessageId>(StringComparer.Ordinal);
        foreach (var (creation, value) in set.Create)
        {
            try
            {
                var (id, message, status, sendAt) = await SubmissionSender.SendAsync(call, scope, identities, value, cancellationToken);
                sent["#" + creation] = message;
                set.Created(creation, JmapId.Of('s', id), json =>
                {
                    json.WriteString("undoStatus"u8, StatusName(status));
                    json.WriteString("sendAt"u8, GetReply.Date(sendAt));
                });
            }
            catch (SetErrorException error)
            {
                set.NotCreated(creation, error.Error);
            }
        }
        foreach (var (given, patch) in set.Update)
            await UpdateAsync(call, set, scope, all.Find(s => !s.IsDestroyed && Id(s) == call.Resolve(given)), given, patch, sent, cancellationToken);
        foreach (var id in set.Destroy)
        {
            if (all.Find(s => !s.IsDestroyed && Id(s) == id) is { } found && await call.Store.Submissions.DestroyAsync(scope.Account.Id, found.Id, cancellationToken))
            {
                set.Destroyed(id);
                sent[id] = found.Message;
            }
            else
            {
                set.NotDestroyed(id, SetError.NotFound);
            }
        }
        var after = await call.InScopeAsync((_, now) => ValueTask.FromResult(now), cancellationToken);
        set.Write(json, before, call.State(after));
        ImplyEmailSet(call, scope, onUpdate, onDestroy, sent);
    }

    internal static string Id(Sent submission) => JmapId.Of('s', submission.Id);

    private static async ValueTask UpdateAsync(
        Call call, SetRun set, AccountScope scope, Sent? found, string given, JsonElement patch, Dictionary<string, MessageId> sent, CancellationToken cancellationToken)
    {
        if (found is null)
        {
            set.NotUpdated(given, SetError.NotFound);
            return;
        }
        foreach (var property in patch.EnumerateObject())
        {
            if (property.Name != "undoStatus" || property.Value.ValueKind != JsonValueKind.String || property.Value.GetString() is not ("canceled" or "pending" or "final"))
            {
                set.NotUpdated(given, SetError.InvalidProperties("Only undoStatus can be changed.", property.Name));
                return;
            }
            var wanted = property.Value.GetString();
            if (wanted == StatusName(found.Status))
                continue;
            if (wanted != "canceled" || !await call.Store.Submissions.CancelAsync(scope.Account.Id, found.Id, "holder", cancellationToken))
            {
                set.NotUpdated(given, wanted == "canceled" ? new("cannotUnsend", "The message is on its way.") : SetError.InvalidProperties("undoStatus can only become canceled.", "undoStatus"));
                return;
            }
        }
        set.Updated(given);
        sent[Id(found)] = found.Message;
    }

    // §7.5: an Email/set follows for what succeeded.
    private static void ImplyEmailSet(Call call, AccountScope scope, JsonElement? onUpdate, IReadOnlyList<string> onDestroy, Dictionary<string, MessageId> sent)
    {
        var update = new JsonObject();
        foreach (var property in onUpdate?.EnumerateObject() ?? default)
        {
            if (sent.TryGetValue(property.Name, out var message))
                update[JmapId.Of(message)] = JsonNode.Parse(property.Value.GetRawText());
        }
        var destroy = onDestroy.Where(sent.ContainsKey).Select(id => JmapId.Of(sent[id])).Distinct().ToArray();
        if (update.Count == 0 && destroy.Length == 0)
            return;
        var arguments = new JsonObject { ["accountId"] = JmapId.Of(scope.Account.Id) };
        if (update.Count > 0)
            arguments["update"] = update;
        if (destroy.Length > 0)
            arguments["destroy"] = new JsonArray([.. destroy.Select(id => (JsonNode)id)]);
        call.Implied.Add(("Email/set", JsonSerializer.SerializeToUtf8Bytes(arguments)));
    }

    private static async ValueTask<(AccountScope Scope, List<Sent> All)> ReadAsync(Call call, CancellationToken cancellationToken)
    {
        var read = await call.InScopeAsync(async (tx, scope) => Tuple.Create(scope, scope.IsOwner ? await call.Store.Submissions.ListAsync(tx, scope.Account.Id) : null), cancellationToken);
        return (read.Item1, read.Item2 ?? throw new MethodErrorException("accountNotSupportedByMethod"));
    }

    private static async ValueTask<(AccountScope Scope, List<Sent> Results, List<Sent> All)> FindAsync(Call call, CancellationToken cancellationToken)
    {
        var filter = Filter<Func<Sent, bool>>.Read(call.Arguments.Object("filter"), call.Limits.MaxFilterConditions, arguments => ReadCondition(call, arguments));
        var sort = Comparator.ReadAll(call, new HashSet<string> { "emailId", "threadId", "sentAt", "sendAt" });
        var (scope, all) = await ReadAsync(call, cancellationToken);
        var results = all.Where(s => !s.IsDestroyed && Filter<Func<Sent, bool>>.Matches(filter, condition => condition(s))).ToList();
        results.Sort((a, b) =>
        {
            foreach (var by in sort)
            {
                var order = by.Property switch { "emailId" => a.Message.Value.CompareTo(b.Message.Value), "threadId" => a.ThreadId.CompareTo(b.ThreadId), _ => a.SendAt.CompareTo(b.SendAt) };
                if (order != 0)
                    return by.Ascending ? order : -order;
            }
            return a.Id.CompareTo(b.Id);
        });
        return (scope, results, all);
    }

    private static Func<Sent, bool> ReadCondition(Call call, Arguments arguments)
    {
        var (identities, emails, threads) = (arguments.Texts("identityIds"), arguments.Texts("emailIds")?.Select(call.Resolve).ToArray(), arguments.Texts("threadIds"));
        var (status, before, after) = (arguments.Text("undoStatus"), arguments.Date("before"), arguments.Date("after"));
        return s => identities?.Contains(JmapId.Of('i', s.Identity)) != false && emails?.Contains(JmapId.Of(s.Message)) != false && threads?.Contains(JmapId.Thread(s.ThreadId)) != false
            && (status is null || status == StatusName(s.Status)) && !(s.SendAt >= before) && !(s.SendAt < after);
    }

    private static string StatusName(UndoStatus status) => status switch { UndoStatus.Pending => "pending", UndoStatus.Canceled => "canceled", _ => "final" };

    private static void Write(Utf8JsonWriter json, Sent submission, HashSet<string>? properties)
    {
        bool Wants(string name) => properties is null || properties.Contains(name);
        json.WriteStartObject();
        json.WriteString("id"u8, Id(submission));
        if (Wants("identityId"))
            json.WriteString("identityId"u8, JmapId.Of('i', submission.Identity));
        if (Wants("emailId"))
            json.WriteString("emailId"u8, JmapId.Of(submission.Message));
        if (Wants("threadId"))
            json.WriteString("threadId"u8, JmapId.Thread(submission.ThreadId));
        if (Wants("envelope"))
        {
            json.WritePropertyName("envelope"u8);
            json.WriteRawValue(submission.EnvelopeJson);
        }
        if (Wants("sendAt"))
            json.WriteString("sendAt"u8, GetReply.Date(submission.SendAt));
        if (Wants("undoStatus"))
            json.WriteString("undoStatus"u8, StatusName(submission.Status));
        if (Wants("deliveryStatus"))
            WriteDelivery(json, submission);
        foreach (var name in (ReadOnlySpan<string>)["dsnBlobIds", "mdnBlobIds"])
        {
            if (Wants(name))
                GetReply.WriteStrings(json, name, []);
        }
        json.WriteEndObject();
    }

    // What still waits is known; what has left may have been refused since, of which a notice tells.
    private static void WriteDelivery(Utf8JsonWriter json, Sent submission)
    {
        json.WriteStartObject("deliveryStatus"u8);
        foreach (var recipient in JsonNode.Parse(submission.EnvelopeJson)!["rcptTo"]!.AsArray().Select(r => r!["email"]!.GetValue<string>()).Distinct())
        {
            var waits = submission.Waiting.TryGetValue(recipient, out var status);
            json.WriteStartObject(recipient);
            json.WriteString("smtpReply"u8, waits ? status ?? "250 2.0.0 Queued" : "250 2.0.0 Sent");
            json.WriteString("delivered"u8, waits ? "queued"u8 : "unknown"u8);
            json.WriteString("displayed"u8, "unknown"u8);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }
}
