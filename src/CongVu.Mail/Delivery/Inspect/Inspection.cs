using CongVu.Formats.Files;
using CongVu.Formats.Mime;
using CongVu.Mail.Store;

namespace CongVu.Mail.Delivery.Inspect;

/// <summary>
/// Looks at a message before it is stored, whether it comes in or goes out: 1. its parts, 2. its files, 3. viruses, 4. its words, 5. spam. Each step finds and
/// none decides; <see cref="Verdict"/> does. The message is read where it lies, in memory or in the spool; nothing of it is held whole.
/// </summary>
/// <param name="policy">What follows from what is found.</param>
/// <param name="spool">A folder for what must be read back and forth.</param>
/// <param name="clamd">The virus scanner; null where none is configured.</param>
/// <param name="spam">The spam filter; null for none.</param>
public sealed class Inspection(InspectionPolicy policy, string spool, ClamdScanner? clamd = null, Spam.SpamCheck? spam = null)
{
    private const int MaxHeader = 256 * 1024;

    /// <summary>What follows.</summary>
    public InspectionPolicy Policy => policy;

    /// <summary>How far files are opened.</summary>
    public FileWalkLimits Limits { get; init; } = new();

    /// <summary>The scanner, for what is opened or downloaded later.</summary>
    public ClamdScanner? Clamd => clamd;

    /// <summary>Looks at a message.</summary>
    /// <param name="message">Its bytes.</param>
    /// <param name="envelope">Sender and recipients.</param>
    /// <param name="author">It was submitted here.</param>
    /// <param name="sender">What was found about who sent it; null for what is not asked about.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask<Findings> InspectAsync(ContentWriter message, Envelope envelope, Principal? author, SenderFinding? sender, CancellationToken cancellationToken)
    {
        await using var content = message.OpenRead();

        // 1. Its parts.
        var facts = MessageFacts.Read(content, cancellationToken);
        var root = facts.Root;

        // 2. Its files.
        var files = FileWalk.OfMessage(content, root, Limits, spool, withTexts: true, cancellationToken);

        // 3. Viruses (A12.5). What is refused for a program in it is not scanned as well.
        var virus = clamd is null || files.Findings is [{ Concern: FileConcern.Executable }, ..] ? new VirusFinding(VirusResult.NotAsked) : await clamd.ScanAsync(content, cancellationToken);

        // 4. Its words.
        var text = await MessageText.ReadBodyAsync(content, facts, cancellationToken);
        var secrets = ContentRules.Secrets(facts.Subject, text, root, files);
        var usage = new List<UsageFinding>();
        var header = HeaderBlock.Read(message.Head.Span[..(int)Math.Clamp(facts.BodyOffset, 0, Math.Min(MaxHeader, message.Head.Length))]);
        if (author is null)
            usage.AddRange(ContentRules.Usage(header, facts, envelope.Sender));
        if (secrets is [var gravest, ..])
            usage.Add(new(UsageKind.StateSecret, gravest.Where));

        // 5. Spam, of mail from other servers.
        var score = spam is null || author is not null || sender is null ? null
            : await spam.CheckAsync(new(content, envelope, facts, header, text, sender, files, usage), cancellationToken);
        return new(facts, files, virus, secrets, usage, score);
    }
}
