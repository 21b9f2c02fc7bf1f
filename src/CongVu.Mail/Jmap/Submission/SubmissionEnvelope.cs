using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using CongVu.Formats.Smtp;
using CongVu.Mail.Store;

namespace CongVu.Mail.Jmap.Submission;

/// <summary>The envelope of a submission (RFC 8621 §7): given by the client, or taken from the message's header.</summary>
internal sealed record SubmissionEnvelope(string Sender, JsonObject Json, IReadOnlyList<(string Address, string? OriginalRecipient, DsnNotify Notify)> Recipients)
{
    internal string? EnvelopeId { get; init; }

    internal DsnReturn Return { get; init; }

    internal DateTimeOffset? HoldUntil { get; init; }

    internal static SubmissionEnvelope Of(string sender, IEnumerable<string> recipients)
    {
        string[] all = [.. recipients.Distinct(StringComparer.OrdinalIgnoreCase)];
        var json = new JsonObject
        {
            ["mailFrom"] = new JsonObject { ["email"] = sender, ["parameters"] = null },
            ["rcptTo"] = new JsonArray([.. all.Select(r => (JsonNode)new JsonObject { ["email"] = r, ["parameters"] = null })]),
        };
        return new(sender, json, [.. all.Select(r => (r, (string?)null, DsnNotify.None))]);
    }

    internal static SubmissionEnvelope Read(JsonElement envelope, DateTimeOffset now)
    {
        if (envelope.ValueKind != JsonValueKind.Object || !envelope.TryGetProperty("mailFrom"u8, out var from) || Email(from) is not { } sender
            || !envelope.TryGetProperty("rcptTo"u8, out var to) || to.ValueKind != JsonValueKind.Array)
            throw SetErrorException.Invalid("An envelope has mailFrom and rcptTo.", "envelope");
        var read = new SubmissionEnvelope(sender, JsonNode.Parse(envelope.GetRawText())!.AsObject(), []);
        foreach (var (name, value) in Parameters(from))
        {
            read = name switch
            {
                "ENVID" when value is not null => read with { EnvelopeId = value },
                "RET" => read with { Return = value?.ToUpperInvariant() == "FULL" ? DsnReturn.Full : DsnReturn.Headers },
                "HOLDFOR" when long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds < int.MaxValue => read with { HoldUntil = now.AddSeconds(seconds) },
                "HOLDUNTIL" when value is not null && DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var until) => read with { HoldUntil = until },
                "SMTPUTF8" or "BODY" or "SIZE" => read,
                _ => throw SetErrorException.Invalid($"The parameter {name} cannot be used.", "envelope/mailFrom/parameters"),
            };
        }
        var recipients = new List<(string, string?, DsnNotify)>();
        foreach (var recipient in to.EnumerateArray())
        {
            var (original, notify) = ((string?)null, DsnNotify.None);
            foreach (var (name, value) in Parameters(recipient))
            {
                switch (name)
                {
                    case "ORCPT" when value?.Contains(';', StringComparison.Ordinal) == true && Xtext.Decode(value[(value.IndexOf(';', StringComparison.Ordinal) + 1)..]) is not null:
                        original = value;
                        break;
                    case "NOTIFY" when value is not null:
                        foreach (var word in value.Split(','))
                            notify |= Enum.TryParse<DsnNotify>(word, ignoreCase: true, out var one) ? one : throw SetErrorException.Invalid("NOTIFY cannot be read.", "envelope/rcptTo/parameters");
                        break;
                    default:
                        throw SetErrorException.Invalid($"The parameter {name} cannot be used.", "envelope/rcptTo/parameters");
                }
            }
            recipients.Add((Email(recipient) ?? throw SetErrorException.Invalid("A recipient has an address.", "envelope/rcptTo"), original, notify));
        }
        return read with { Recipients = recipients };
    }

    private static string? Email(JsonElement address) =>
        address.ValueKind == JsonValueKind.Object && address.TryGetProperty("email"u8, out var email) && email.ValueKind == JsonValueKind.String ? email.GetString() : null;

    private static IEnumerable<(string Name, string? Value)> Parameters(JsonElement address)
    {
        if (!address.TryGetProperty("parameters"u8, out var parameters) || parameters.ValueKind != JsonValueKind.Object)
            yield break;
        foreach (var parameter in parameters.EnumerateObject())
            yield return (parameter.Name.ToUpperInvariant(), parameter.Value.ValueKind == JsonValueKind.String ? parameter.Value.GetString() : null);
    }
}
