using System.Text.Json;
using CongVu.Formats.Mime;
using CongVu.Mail.Delivery;
using CongVu.Mail.Smtp;
using CongVu.Mail.Store;

namespace CongVu.Mail.Jmap.Submission;

/// <summary>Sends a message of an account on the path of every message (RFC 8621 §7.5): 1. which, 2. in whose name, 3. to whom, 4. without Bcc, 5. the commit.</summary>
internal static class SubmissionSender
{
    private const int MaxRecipients = 10_000;

    /// <summary>Returns the new submission's key, and when it goes.</summary>
    internal static async ValueTask<(long Id, MessageId Message, UndoStatus Status, DateTimeOffset SendAt)> SendAsync(Call call, AccountScope scope, IReadOnlyList<Identity> identities, JsonElement value, CancellationToken cancellationToken)
    {
        foreach (var property in value.EnumerateObject())
        {
            if (property.Name is not ("identityId" or "emailId" or "envelope" or "sendAt" or "undoStatus"))
                throw SetErrorException.Invalid($"{property.Name} cannot be set.", property.Name);
        }
        var now = call.Api.Clock.GetUtcNow();

        // 1. The message.
        var identity = identities.FirstOrDefault(i => !i.IsDestroyed && IdentityMethods.Id(i) == Given(call, value, "identityId")) ?? throw SetErrorException.Invalid("There is no such identity.", "identityId");
        if (JmapId.Message(Given(call, value, "emailId") ?? "") is not { } id || await call.Store.Messages.FindStoredAsync(call.Who, scope.Account.Id, id, cancellationToken) is not { } message)
            throw SetErrorException.Invalid("There is no such message.", "emailId");
        await using var reader = await call.Store.Contents.OpenAsync(message.Content, message.Prefix, cancellationToken);
        var facts = MessageFacts.Deserialize(message.Facts);
        var view = new EnvelopeView(facts.Envelope.Span);
        if (view.From.Count == 0)
            throw new SetErrorException(new("invalidEmail", "The message has no From.", ["from"]));

        // 2. Whose name.
        var author = await call.Store.Accounts.FindPrincipalAsync(call.Who, cancellationToken) ?? throw new SetErrorException(new("forbiddenToSend"));
        var envelope = value.TryGetProperty("envelope"u8, out var given) && given.ValueKind != JsonValueKind.Null
            ? SubmissionEnvelope.Read(given, now)
            : SubmissionEnvelope.Of(identity.Email, view.To.Concat(view.Cc).Concat(view.Bcc).Select(a => a.Email));
        if (!await call.Store.Accounts.MaySendAsAsync(call.Who, envelope.Sender, cancellationToken))
            throw new SetErrorException(new("forbiddenMailFrom", "The sender's address is not yours to send from."));
        foreach (var from in view.From)
        {
            if (!await call.Store.Accounts.MaySendAsAsync(call.Who, from.Email, cancellationToken))
                throw new SetErrorException(new("forbiddenFrom", "From is not yours to send from."));
        }

        // 3. To whom. What waits, waits in the queue, wherever it goes.
        var sendAt = value.TryGetProperty("sendAt"u8, out var at) && at.ValueKind != JsonValueKind.Null
            ? (at.ValueKind == JsonValueKind.String ? Arguments.ReadDate(at.GetString()!, utc: true) : null) ?? throw SetErrorException.Invalid("sendAt is a UTCDate.", "sendAt")
            : envelope.HoldUntil ?? now;
        if (sendAt > now + call.Limits.MaxDelayedSend)
            throw SetErrorException.Invalid("That is too late to wait for.", "sendAt");
        var (local, remote) = await RecipientsAsync(call, envelope, isHeld: sendAt > now, cancellationToken);

        // 4. RFC 8621 §7.5: who got a blind copy is told to nobody.
        await using var writer = call.Store.Contents.Create();
        await CopyWithoutBccAsync(reader, message.Prefix.Length + facts.BodyOffset, writer, cancellationToken);

        // 5. The path of every message.
        var accepted = await call.Api.Path.AcceptAsync(
            new()
            {
                Sender = envelope.Sender,
                Local = local,
                Remote = remote,
                EnvelopeId = envelope.EnvelopeId,
                Return = envelope.Return,
                SmtpUtf8 = envelope.Recipients.Any(r => !System.Text.Ascii.IsValid(r.Address)) || !System.Text.Ascii.IsValid(envelope.Sender),
                Body = BodyType.EightBitMime,
                HoldUntil = sendAt > now ? sendAt : null,
                Submitter = scope.Account.Id,
                RemoteHost = "jmap",
                Submission = new(scope.Account.Id, identity.Id, id, message.Indexed.ThreadId, envelope.Json.ToJsonString(), sendAt),
            },
            writer,
            $"Received: by {call.Api.HostName} with JMAP;\r\n\t{MailPath.MailDate(now)}\r\n",
            author,
            call.Api.HostName,
            now,
            CancellationToken.None);
        return accepted.Refusal switch
        {
            MessageRefusal.None => (accepted.Receipt!.SubmissionId!.Value, id, sendAt > now ? UndoStatus.Pending : UndoStatus.Final, sendAt),
            MessageRefusal.AttachmentsTooLarge => throw new SetErrorException(new("tooLarge", "The attachments are above the limit (A5.3).") { More = [new("maxSize", call.Api.Path.Limits.AttachmentBytes)] }),
            MessageRefusal.FromNotAllowed => throw new SetErrorException(new("forbiddenFrom", "From is not yours to send from.")),
            >= MessageRefusal.Virus => throw new SetErrorException(Refused(accepted)),
            _ => throw new SetErrorException(new("invalidEmail", $"The message cannot be sent: {accepted.Refusal}.")),
        };
    }

    // The words of SMTP's table, Vietnamese first; which refusal it was and what it is about are there for programs.
    private static SetError Refused(Acceptance accepted)
    {
        SmtpReply said = SmtpReply.Of(accepted.Refusal);
        said = said.About(accepted.Detail);
        return new("forbiddenToSend", $"{said.Vietnamese} / {said.Text}") { More = [new("refusal", accepted.Refusal.ToString()), new("about", accepted.Detail)] };
    }

    private static async ValueTask<(List<LocalRecipient> Local, List<RemoteRecipient> Remote)> RecipientsAsync(Call call, SubmissionEnvelope envelope, bool isHeld, CancellationToken cancellationToken)
    {
        if (envelope.Recipients.Count == 0)
            throw new SetErrorException(new("noRecipients"));
        if (envelope.Recipients.Count > MaxRecipients)
            throw new SetErrorException(new("tooManyRecipients") { More = [new("maxRecipients", MaxRecipients)] });
        var (local, remote, invalid, moved) = (new List<LocalRecipient>(), new List<RemoteRecipient>(), new List<string>(), new List<string>());
        foreach (var (address, original, notify) in envelope.Recipients)
        {
            var found = Address.IsValid(Address.Normalize(address)) ? await call.Store.Accounts.LookupAsync(address, cancellationToken) : new(AddressStatus.Unknown, default, address);
            if (found.Status is AddressStatus.Unknown or AddressStatus.Closed or AddressStatus.OverQuota)
            {
                invalid.Add(address);
                if (found.MovedTo is { } to)
                    moved.Add($" {address} has closed, its holder is now at {to}.");
            }
            else if (found.Status == AddressStatus.NotLocal || isHeld)
                remote.Add(new(found.Status == AddressStatus.NotLocal ? address : found.Address, Address.DomainOf(found.Address)!, original, notify));
            else
                local.Add(new(found.Account, found.Address, original, notify));
        }
        return invalid.Count == 0 ? (local, remote) : throw new SetErrorException(new("invalidRecipients", "Mail cannot be sent to some of the recipients." + string.Concat(moved)) { More = [new("invalidRecipients", invalid)] });
    }

    private static async ValueTask CopyWithoutBccAsync(ContentReader reader, long bodyOffset, ContentWriter target, CancellationToken cancellationToken)
    {
        var header = new byte[Math.Min(bodyOffset, 1 << 20)];
        var read = 0;
        while (read < header.Length && await reader.ReadAsync(read, header.AsMemory(read), cancellationToken) is var count and > 0)
            read += count;
        var kept = new System.Buffers.ArrayBufferWriter<byte>(header.Length + 2);
        MimeSection.FilterHeader(header, ["Bcc", "Return-Path", "Delivered-To"], not: true, kept);
        await target.WriteAsync(kept.WrittenMemory.ToArray(), cancellationToken);
        var buffer = new byte[64 * 1024];
        for (var at = bodyOffset; await reader.ReadAsync(at, buffer, cancellationToken) is var count and > 0; at += count)
            await target.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
    }

    private static string? Given(Call call, JsonElement value, string name) =>
        value.TryGetProperty(name, out var id) && id.ValueKind == JsonValueKind.String ? call.Resolve(id.GetString()!) : null;
}
