using System.Text.Json;
using CongVu.Mail.Store;

namespace CongVu.Mail.Jmap.Submission;

/// <summary>VacationResponse/get and /set (RFC 8621 §8): the one of an account, "singleton".</summary>
internal static class VacationMethods
{
    private const string Singleton = "singleton";
    private const int MaxText = 64 * 1024;

    private static readonly HashSet<string> Properties = ["id", "isEnabled", "fromDate", "toDate", "subject", "textBody", "htmlBody"];

    internal static async ValueTask GetAsync(Call call, Utf8JsonWriter json, CancellationToken cancellationToken)
    {
        var properties = call.Properties(Properties);
        var ids = call.Ids();
        var (scope, vacation) = await ReadAsync(call, cancellationToken);
        GetReply.Begin(json, call, call.State(scope));
        if (ids?.Contains(Singleton) != false)
            Write(json, vacation, properties);
        GetReply.End(json, ids?.Where(id => id != Singleton) ?? []);
    }

    internal static async ValueTask SetAsync(Call call, Utf8JsonWriter json, CancellationToken cancellationToken)
    {
        var set = SetRun.Read(call);
        var (scope, vacation) = await ReadAsync(call, cancellationToken);
        var before = call.State(scope);
        if (set.IfInState is { } expected && expected != before)
            throw new MethodErrorException("stateMismatch");
        foreach (var (creation, _) in set.Create)
            set.NotCreated(creation, new("singleton"));
        foreach (var id in set.Destroy)
            set.NotDestroyed(id, id == Singleton ? new("singleton") : SetError.NotFound);
        foreach (var (id, patch) in set.Update)
        {
            try
            {
                if (id != Singleton)
                    throw new SetErrorException(SetError.NotFound);
                await call.Store.Vacations.PutAsync(scope.Account.Id, Edit(vacation, patch), cancellationToken);
                set.Updated(id);
            }
            catch (SetErrorException error)
            {
                set.NotUpdated(id, error.Error);
            }
        }
        var after = await call.InScopeAsync((_, now) => ValueTask.FromResult(now), cancellationToken);
        set.Write(json, before, call.State(after));
    }

    private static async ValueTask<(AccountScope Scope, Vacation Vacation)> ReadAsync(Call call, CancellationToken cancellationToken)
    {
        var read = await call.InScopeAsync(
            async (tx, scope) => Tuple.Create(scope, scope.IsOwner ? await Vacations.FindAsync(tx, scope.Account.Id) ?? new Vacation() : throw new MethodErrorException("accountNotSupportedByMethod")), cancellationToken);
        return (read.Item1, read.Item2);
    }

    private static void Write(Utf8JsonWriter json, Vacation vacation, HashSet<string>? properties)
    {
        bool Wants(string name) => properties is null || properties.Contains(name);
        json.WriteStartObject();
        json.WriteString("id"u8, Singleton);
        if (Wants("isEnabled"))
            json.WriteBoolean("isEnabled"u8, vacation.IsEnabled);
        if (Wants("fromDate"))
            json.WriteString("fromDate"u8, vacation.From is { } from ? GetReply.Date(from) : null);
        if (Wants("toDate"))
            json.WriteString("toDate"u8, vacation.To is { } to ? GetReply.Date(to) : null);
        if (Wants("subject"))
            json.WriteString("subject"u8, vacation.Subject);
        if (Wants("textBody"))
            json.WriteString("textBody"u8, vacation.TextBody);
        if (Wants("htmlBody"))
            json.WriteString("htmlBody"u8, vacation.HtmlBody);
        json.WriteEndObject();
    }

    private static Vacation Edit(Vacation vacation, JsonElement patch)
    {
        foreach (var property in patch.EnumerateObject())
        {
            var value = property.Value;
            var isNull = value.ValueKind == JsonValueKind.Null;
            var text = value.ValueKind == JsonValueKind.String && value.GetString()!.Length <= MaxText ? value.GetString() : null;
            vacation = property.Name switch
            {
                "id" when text == Singleton => vacation,
                "isEnabled" when value.ValueKind is JsonValueKind.True or JsonValueKind.False => vacation with { IsEnabled = value.GetBoolean() },
                "fromDate" when isNull || (text is not null && Arguments.ReadDate(text, utc: true) is not null) => vacation with { From = isNull ? null : Arguments.ReadDate(text!, utc: true) },
                "toDate" when isNull || (text is not null && Arguments.ReadDate(text, utc: true) is not null) => vacation with { To = isNull ? null : Arguments.ReadDate(text!, utc: true) },
                "subject" when isNull || text is { Length: <= 500 } => vacation with { Subject = text },
                "textBody" when isNull || text is not null => vacation with { TextBody = text },
                "htmlBody" when isNull || text is not null => vacation with { HtmlBody = text },
                _ => throw SetErrorException.Invalid($"{property.Name} cannot be set to this.", property.Name),
            };
        }
        return vacation;
    }
}
