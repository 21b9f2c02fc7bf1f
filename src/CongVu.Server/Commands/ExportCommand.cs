using System.CommandLine;
using CongVu.Mail.Store;
using CongVu.Server.Transfer;

namespace CongVu.Server.Commands;

/// <summary><c>congvu export</c>: a mailbox as an mbox file or a folder of .eml files.</summary>
internal static class ExportCommand
{
    private enum Format
    {
        Mbox,
        Eml,
    }

    public static Command Build(CommandContext context)
    {
        var texts = context.Texts;
        var address = new Argument<string>("address") { HelpName = texts["arg.address"], Description = texts["arg.address.help"] };
        var target = new Argument<string>("target") { HelpName = texts["arg.target"], Description = texts["arg.target.help"] };
        var mailbox = new Option<string>("--mailbox") { Description = texts["option.mailboxFrom"], HelpName = texts["arg.mailbox"], DefaultValueFactory = _ => "INBOX" };
        var format = new Option<Format>("--format") { Description = texts["option.exportFormat"], HelpName = "mbox|eml" };
        var command = new Command("export", texts["help.export"]) { address, target, mailbox, format };
        command.SetAction(async (parsed, token) =>
        {
            await using var store = await context.OpenStoreAsync(parsed, token);
            var account = await context.AccountAsync(store, parsed.GetValue(address)!, token);
            var (who, prefix) = await MailboxOwner.FindAsync(context, store, account, token);
            var name = parsed.GetValue(mailbox)!;
            var found = await store.Mailboxes.FindAsync(who, prefix + name, token);
            if (!found.Ok)
                throw new CommandException(texts["mailbox.unknown", name, account.PrimaryAddress]);
            var path = parsed.GetValue(target)!;
            var exporter = new Exporter(store);
            var count = parsed.GetValue(format) == Format.Eml ? await FilesAsync(context, exporter, found.Value.Mailbox.Id, path, token) : await MboxAsync(context, exporter, found.Value.Mailbox.Id, path, token);
            parsed.InvocationConfiguration.Error.WriteLine(texts["export.done", count, path]);
            return CommandLine.Done;
        });
        return command;
    }

    private static async Task<long> MboxAsync(CommandContext context, Exporter exporter, MailboxId mailbox, string path, CancellationToken cancellationToken)
    {
        if (path != "-" && File.Exists(path))
            throw new CommandException(context.Texts["file.exists", path]);
        await using var file = path == "-" ? Console.OpenStandardOutput() : new FileStream(path, FileMode.CreateNew, FileAccess.Write);
        await using var buffered = new BufferedStream(file, 256 * 1024);
        return await exporter.WriteMboxAsync(mailbox, buffered, cancellationToken);
    }

    private static Task<long> FilesAsync(CommandContext context, Exporter exporter, MailboxId mailbox, string path, CancellationToken cancellationToken)
    {
        if (File.Exists(path) || (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any()))
            throw new CommandException(context.Texts["file.exists", path]);
        return exporter.WriteFilesAsync(mailbox, path, cancellationToken);
    }
}
