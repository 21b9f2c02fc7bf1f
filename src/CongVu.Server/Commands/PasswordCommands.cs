using System.CommandLine;
using CongVu.Governance.Documents;
using CongVu.Governance.Passwords;
using CongVu.Governance.WorkingDays;
using CongVu.Server.Configuration;

namespace CongVu.Server.Commands;

/// <summary><c>congvu password</c>: first passwords on their way to their holder and to nobody else (A7.2).</summary>
internal static class PasswordCommands
{
    public static Command Build(CommandContext context) => new("password", context.Texts["help.password"]) { Slip(context), Code(context) };

    private static Command Slip(CommandContext context)
    {
        var texts = context.Texts;
        var address = Address(context);
        var target = new Option<FileInfo>("--out") { Description = texts["option.password.out"], Required = true };
        var web = new Option<string?>("--web") { Description = texts["option.password.web"] };
        var command = new Command("slip", texts["help.password.slip"]) { address, target, web };
        command.SetAction(async (parsed, token) =>
        {
            var file = parsed.GetValue(target)!;
            var isPdf = file.Extension.Equals(".pdf", StringComparison.OrdinalIgnoreCase);
            // Before a password is changed for it.
            if (file.Exists)
                throw new CommandException(texts["file.exists", file.FullName]);
            if (isPdf && !PdfConversion.IsAvailable)
                throw new CommandException(texts["password.noPdf"]);
            if (!isPdf && !file.Extension.Equals(".docx", StringComparison.OrdinalIgnoreCase))
                throw new CommandException(texts["password.outWrong", file.Name]);
            var host = ServerOptions.From(context.Configure(parsed)).HostName;
            await using var store = await context.OpenStoreAsync(parsed, token);
            var account = await context.AccountAsync(store, parsed.GetValue(address)!, token);
            // Made for its owner alone, before the password is.
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            await using var made = new FileStream(file.FullName, options);
            var slip = context.Require(await CommandContext.Governance(store).Passwords.IssueSlipAsync(CommandContext.Operator, account.Id, token));
            var document = DocumentWriter.Write(PasswordSlips.Document(slip, new(), parsed.GetValue(web) ?? $"https://{host}"));
            await made.WriteAsync(isPdf ? await PdfConversion.FromDocxAsync(document, token) ?? throw new CommandException(texts["password.noPdf"]) : document, token);
            parsed.InvocationConfiguration.Output.WriteLine(texts["password.slip", slip.Login, file.FullName]);
            return CommandLine.Done;
        });
        return command;
    }

    private static Command Code(CommandContext context)
    {
        var texts = context.Texts;
        var address = Address(context);
        var leaked = new Option<bool>("--leaked") { Description = texts["option.password.leaked"] };
        var json = new Option<bool>("--json") { Description = texts["option.json"] };
        var command = new Command("code", texts["help.password.code"]) { address, leaked, json };
        command.SetAction(async (parsed, token) =>
        {
            await using var store = await context.OpenStoreAsync(parsed, token);
            var account = await context.AccountAsync(store, parsed.GetValue(address)!, token);
            var code = context.Require(await CommandContext.Governance(store).Passwords.IssueCodeAsync(CommandContext.Operator, account.Id, parsed.GetValue(leaked), token));
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json))
                CommandContext.WriteJson(output, code);
            else
                output.WriteLine(texts["password.code", code.Login, code.Code, code.ExpiresAt.ToOffset(VietnamTime.Offset).ToString("yyyy-MM-dd HH:mm", System.Globalization.CultureInfo.InvariantCulture)]);
            return CommandLine.Done;
        });
        return command;
    }

    private static Argument<string> Address(CommandContext context) => new("address") { HelpName = context.Texts["arg.address"], Description = context.Texts["arg.address.help"] };
}
