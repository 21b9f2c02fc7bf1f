using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using CongVu.Governance.WorkingDays;

namespace CongVu.Governance.Policy;

/// <summary>What a time limit is counted in.</summary>
public enum TimeUnit
{
    /// <summary>Working days, "ngày làm việc".</summary>
    WorkingDays,

    /// <summary>Calendar days, "ngày".</summary>
    Days,

    /// <summary>Months, "tháng".</summary>
    Months,

    /// <summary>Hours.</summary>
    Hours,
}

/// <summary>A time limit as a regulation writes it; in profiles "3wd", "5d", "3m", "2h".</summary>
/// <param name="Amount">How many.</param>
/// <param name="Unit">Of what.</param>
[JsonConverter(typeof(TimeLimitConverter))]
public readonly record struct TimeLimit(int Amount, TimeUnit Unit)
{
    /// <summary>The day at whose end the limit runs out that an event on <paramref name="day"/> began (Civil Code, articles 147 and 148).</summary>
    public CountedDate DueAfter(DateOnly day, WorkingCalendar calendar) => Unit switch
    {
        TimeUnit.WorkingDays => calendar.AddWorkingDays(day, Amount),
        TimeUnit.Days => calendar.AddDays(day, Amount),
        TimeUnit.Months => calendar.AddMonths(day, Amount),
        _ => calendar.OnOrAfter(day.AddDays(Amount / 24)),
    };

    /// <summary>As profiles write it.</summary>
    public override string ToString() => Amount.ToString(CultureInfo.InvariantCulture) + Unit switch { TimeUnit.WorkingDays => "wd", TimeUnit.Days => "d", TimeUnit.Months => "m", _ => "h" };

    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    public static bool TryParse(string? text, out TimeLimit limit)
    {
        limit = default;
        var digits = (text ?? "").AsSpan().IndexOfAnyExceptInRange('0', '9');
        if (digits <= 0 || !int.TryParse(text.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out var amount))
            return false;
        TimeUnit? unit = text![digits..] switch { "wd" => TimeUnit.WorkingDays, "d" => TimeUnit.Days, "m" => TimeUnit.Months, "h" => TimeUnit.Hours, _ => null };
        limit = new(amount, unit ?? default);
        return unit is not null;
    }
}

internal sealed class TimeLimitConverter : JsonConverter<TimeLimit>
{
    public override TimeLimit Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        TimeLimit.TryParse(reader.GetString(), out var limit) ? limit : throw new JsonException($"\"{reader.GetString()}\" is no time limit; one is like 3wd, 5d, 3m or 2h.");

    public override void Write(Utf8JsonWriter writer, TimeLimit value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}

/// <summary>The figures of a regulation; the defaults are those of <see cref="Regulation"/>, the article beside each. Null where a regulation sets none.</summary>
public sealed record RegulationFigures
{
    /// <summary>Bytes of a personal mailbox (A5.3).</summary>
    public long QuotaBytes { get; init; } = Regulation.QuotaBytes;

    /// <summary>Bytes of an organization's mailbox (A5.3).</summary>
    public long OrganizationQuotaBytes { get; init; } = Regulation.QuotaBytes;

    /// <summary>Bytes a mailbox may be raised to on request (A5.3).</summary>
    public long RaisedQuotaBytes { get; init; } = Regulation.RaisedQuotaBytes;

    /// <summary>Decoded bytes of attachments in a message (A5.3).</summary>
    public long AttachmentBytes { get; init; } = Regulation.AttachmentBytes;

    /// <summary>To make or change mailboxes (A6.2).</summary>
    public TimeLimit Provision { get; init; } = new(Regulation.ProvisionWorkingDays, TimeUnit.WorkingDays);

    /// <summary>To reset a password (A7.2).</summary>
    public TimeLimit PasswordReset { get; init; } = new(Regulation.PasswordResetWorkingDays, TimeUnit.WorkingDays);

    /// <summary>Without a sign-in until suspension (A8.1).</summary>
    public TimeLimit Idle { get; init; } = new(Regulation.IdleMonths, TimeUnit.Months);

    /// <summary>From the notice of suspension to removal (A8.1).</summary>
    public TimeLimit Removal { get; init; } = new(Regulation.RemovalWorkingDays, TimeUnit.WorkingDays);

    /// <summary>From a decision on staff until the organization has asked (A8.2).</summary>
    public TimeLimit TerminationRequest { get; init; } = new(Regulation.TerminationRequestDays, TimeUnit.Days);

    /// <summary>To close a mailbox (A8.2).</summary>
    public TimeLimit Termination { get; init; } = new(Regulation.TerminationWorkingDays, TimeUnit.WorkingDays);

    /// <summary>To restore a mailbox (A8.3).</summary>
    public TimeLimit Restore { get; init; } = new(Regulation.RestoreWorkingDays, TimeUnit.WorkingDays);

    /// <summary>Characters of a user's password (A12.1).</summary>
    public int PasswordChars { get; init; } = Regulation.PasswordChars;

    /// <summary>Characters of an administrator's password (A12.1).</summary>
    public int AdministratorPasswordChars { get; init; } = Regulation.AdministratorPasswordChars;

    /// <summary>A user's password is changed within (A12.2).</summary>
    public TimeLimit PasswordAge { get; init; } = new(Regulation.PasswordMonths, TimeUnit.Months);

    /// <summary>An administrator's password is changed within (A12.2).</summary>
    public TimeLimit AdministratorPasswordAge { get; init; } = new(Regulation.AdministratorPasswordMonths, TimeUnit.Months);

    /// <summary>Former passwords that are refused.</summary>
    public int PasswordHistory { get; init; } = 5;

    /// <summary>A first password must be changed within; null: it does not lapse by itself.</summary>
    public TimeLimit? FirstChange { get; init; }

    /// <summary>Reports of the organizations are due before these days of the year, month and day as "12-15" (A14.6).</summary>
    public IReadOnlyList<string> ReportsDueBefore { get; init; } = ["12-15"];
}
