using CongVu.Formats.Files;
using CongVu.Formats.Mime;
using CongVu.Mail.Store;

namespace CongVu.Mail.Delivery.Inspect.Spam;

/// <summary>A message as the filters see it.</summary>
/// <param name="Content">Its bytes.</param>
/// <param name="Envelope">Sender and recipients.</param>
/// <param name="Facts">What it is.</param>
/// <param name="Header">Its header.</param>
/// <param name="Text">Its text.</param>
/// <param name="Sender">Who sent it.</param>
/// <param name="Files">Its files.</param>
/// <param name="Usage">What was noticed.</param>
public sealed record SpamQuestion(
    Stream Content, Envelope Envelope, MessageFacts Facts, HeaderBlock Header, string Text, SenderFinding Sender, FileReport Files, IReadOnlyList<UsageFinding> Usage);

/// <summary>Asks rspamd where one is configured, and the embedded filter where there is none or it does not answer.</summary>
public sealed class SpamCheck(EmbeddedFilter embedded, RspamdClient? rspamd)
{
    /// <summary>The installation's own filter.</summary>
    public EmbeddedFilter Embedded => embedded;

    /// <summary>rspamd.</summary>
    public RspamdClient? Rspamd => rspamd;

    /// <summary>How much the message looks like spam.</summary>
    public async ValueTask<SpamFinding> CheckAsync(SpamQuestion question, CancellationToken cancellationToken) =>
        (rspamd is null ? null : await rspamd.CheckAsync(question, cancellationToken)) ?? await embedded.CheckAsync(question, cancellationToken);
}
