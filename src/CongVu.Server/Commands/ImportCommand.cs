using System.CommandLine;
using CongVu.Mail.Store;
using CongVu.Server.Transfer;

namespace CongVu.Server.Commands;

/// <summary><c>congvu import</c>: an mbox file, a Maildir or a folder of .eml files into a mailbox.</summary>
internal static class ImportCommand
{
    private const long ProgressEvery = 5_000;

    private enum Format
    {
        Auto,
        Mbox,
        Maildir,
        Eml,
    }

    public static Command Build(CommandContext context)
    {
        var texts = context.Texts;
        var address = new Argument<string>("address") { HelpName = texts["arg.address"], Description = texts["arg.address.help"] };
        var source = new Argument<string>("source") { HelpName = texts["arg.source"], Description = texts["arg.source.help"] };
        var mailbox = new Option<string>("--mailbox") { Description = texts["option.mailbox"], HelpName = texts["arg.mailbox"], DefaultValueFactory = _ => "INBOX" };
        var format = new Option<Format>("--format") { Description = texts["option.importFormat"], HelpName = "auto|mbox|maildir|eml" };
        var skip = new Option<long>("--skip") { Description = texts["option.skip"], HelpName = texts["arg.number"] };
        var command = new Command("import", texts["help.import"]) { address, source, mailbox, format, skip };
        command.SetAction(async (parsed, token) =>
        {
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            var path = parsed.GetValue(source)!;
            var kind = parsed.GetValue(format) is var given and not Format.Auto ? given : Recognize(context, path);
            await using var store = await context.OpenStoreAsync(parsed, token);
            var account = await context.AccountAsync(store, parsed.GetValue(address)!, token);
            var (who, prefix) = await MailboxOwner.FindAsync(context, store, account, token);

            var skipped = parsed.GetValue(skip);
            var told = skipped;
            var importer = new Importer(store, who, prefix + parsed.GetValue(mailbox), done =>
            {
                if (done - told < ProgressEvery)
                    return;
                told = done;
                error.WriteLine(texts["import.progress", done]);
            });
            ImportResult result;
            try
            {
                await using var file = kind == Format.Mbox ? new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0, FileOptions.SequentialScan) : Stream.Null;
                result = await importer.RunAsync(Messages(kind, path, file, token), skipped, token);
            }
            catch (Exception failed) when (failed is IOException or InvalidDataException or UnauthorizedAccessException)
            {
                result = new(importer.Done, failed.Message);
            }
            output.WriteLine(texts["import.done", Math.Max(0, result.Done - skipped), account.PrimaryAddress]);
            if (result.Stopped is null)
                return CommandLine.Done;
            error.WriteLine(texts["import.stopped", result.Done + 1, result.Stopped, result.Refusal == Refusal.None ? "" : texts[$"refusal.{result.Refusal}"]]);
            error.WriteLine(texts["import.resume", result.Done]);
            return CommandLine.Failed;
        });
        return command;
    }

    private static Format Recognize(CommandContext context, string path)
    {
        if (Directory.Exists(path))
            return MaildirReader.IsMaildir(path) ? Format.Maildir : Format.Eml;
        if (!File.Exists(path))
            throw new CommandException(context.Texts["file.missing", path]);
        using var file = File.OpenRead(path);
        Span<byte> start = stackalloc byte[64];
        start = start[..file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)].TrimStart("\r\n"u8);
        return start.StartsWith("From "u8) || start.IsEmpty ? Format.Mbox : Format.Eml;
    }

    private static IAsyncEnumerable<ImportedMessage> Messages(Format kind, string path, Stream file, CancellationToken cancellationToken) => kind switch
    {
        Format.Mbox => new MboxReader(file).ReadAsync(path, cancellationToken),
        Format.Maildir => MaildirReader.ReadAsync(path, cancellationToken),
        _ => EmlReader.ReadAsync(path, cancellationToken),
    };
}
