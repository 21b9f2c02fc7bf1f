using System.CommandLine;
using CongVu.Governance;
using CongVu.Governance.Documents;
using CongVu.Governance.Organizations;
using CongVu.Governance.Requests;
using CongVu.Server.Hosting;

namespace CongVu.Server.Commands;

/// <summary><c>congvu request</c>: what organizations ask for, from the receipt to the answer (A6-A8, A14.1).</summary>
internal static partial class RequestCommands
{
    public static Command Build(CommandContext context) => new("request", context.Texts["help.request"])
    {
        List(context),
        Show(context),
        Add(context),
        Change(context),
        Step(context, "submit", (run, id) => run.Store.Requests.SubmitAsync(CommandContext.Operator, id, run.Token)),
        Receive(context),
        Assign(context),
        Supplement(context),
        Fulfil(context),
        Answer(context),
        Slips(context),
        Reason(context, "reject", (run, id, reason) => run.Store.Requests.RejectAsync(CommandContext.Operator, id, reason, run.Token)),
        Reason(context, "withdraw", (run, id, reason) => run.Store.Requests.WithdrawAsync(CommandContext.Operator, id, reason, run.Token)),
        Late(context),
        Forms(context),
        Read(context),
        Document(context),
    };

    private static Command List(CommandContext context)
    {
        var all = Flag(context, "--all", "option.request.all");
        var organization = Text(context, "--organization", "option.request.organization");
        var text = Text(context, "--text", "option.request.text");
        var json = Flag(context, "--json", "option.json");
        return Of(context, "list", [all, organization, text, json], async run =>
        {
            var of = run.Value(organization) is { } name ? (await run.OrganizationAsync(name)).Id : (OrganizationId?)null;
            run.Write(await run.Store.Requests.ListAsync(CommandContext.Operator, !run.Value(all), of, run.Value(text), 10_000, run.Token), run.Value(json));
        });
    }

    private static Command Show(CommandContext context)
    {
        var reference = Reference(context);
        var json = Flag(context, "--json", "option.json");
        return Of(context, "show", [reference, json], async run => run.Write(await run.FileAsync(run.Value(reference)), run.Value(json)));
    }

    private static Command Add(CommandContext context)
    {
        var organization = Text(context, "--organization", "option.request.organization");
        var channel = new Option<RequestChannel>("--channel") { Description = context.Texts["option.request.channel"], HelpName = "documentSystem|mail|portal|paper|phone" };
        var kind = Kind(context);
        var number = Text(context, "--number", "option.request.number");
        var date = Text(context, "--date", "option.request.date", "arg.date");
        var signer = Text(context, "--signer", "option.request.signer");
        var requester = Text(context, "--requester", "option.request.requester");
        var phone = Text(context, "--phone", "option.request.phone");
        var received = Text(context, "--received", "option.request.received", "arg.date");
        var file = Text(context, "--file", "option.request.file", "arg.file");
        var attach = new Option<string[]>("--attach") { Description = context.Texts["option.request.attach"], HelpName = context.Texts["arg.file"], AllowMultipleArgumentsPerToken = true };
        var draft = Flag(context, "--draft", "option.request.draft");
        var json = Flag(context, "--json", "option.json");
        return Of(context, "add", [organization, channel, kind, number, date, signer, requester, phone, received, file, attach, draft, json], async run =>
        {
            var form = run.Value(file) is { } path ? FormReader.Read(await run.BytesAsync(path)) : null;
            var of = run.Value(organization) is { } name ? await run.OrganizationAsync(name) : null;
            await using var files = await run.StageAsync([.. run.Value(file) is { } list ? [list] : Array.Empty<string>(), .. run.Value(attach) ?? []]);
            var added = run.Require(await run.Store.Requests.AddAsync(
                CommandContext.Operator,
                new()
                {
                    Organization = of?.Id,
                    ClaimedOrganization = form?.Head.Organization ?? "",
                    Channel = run.Value(channel),
                    Kind = run.Value(kind),
                    Number = run.Value(number) ?? form?.Head.Number ?? "",
                    DocumentDate = run.Day(run.Value(date)) ?? form?.Head.Date,
                    Signer = run.Value(signer) ?? "",
                    Requester = run.Value(requester) ?? form?.Head.Requester ?? "",
                    RequesterPosition = form?.Head.Position ?? "",
                    Phone = run.Value(phone) ?? form?.Head.Phone ?? "",
                    ReceivedOn = run.Value(draft) ? null : run.Day(run.Value(received)) ?? run.Store.Today,
                    Form = form,
                },
                files.Files,
                run.Token));
            if (!added.IsNew && !run.Value(json))
                run.Output.WriteLine(run.Texts["request.again", added.Request.Reference]);
            run.Write(await run.FileAsync(added.Request.Reference), run.Value(json));
        });
    }

    private static Command Change(CommandContext context)
    {
        var reference = Reference(context);
        var organization = Text(context, "--organization", "option.request.organization");
        var kind = Kind(context);
        var action = new Option<MailboxAction?>("--action") { Description = context.Texts["option.request.action"], HelpName = "revoke|delete|restore|reopen|terminate|…" };
        var number = Text(context, "--number", "option.request.number");
        var date = Text(context, "--date", "option.request.date", "arg.date");
        var signer = Text(context, "--signer", "option.request.signer");
        var file = Text(context, "--file", "option.request.file", "arg.file");
        var attach = new Option<string[]>("--attach") { Description = context.Texts["option.request.attach"], HelpName = context.Texts["arg.file"], AllowMultipleArgumentsPerToken = true };
        var json = Flag(context, "--json", "option.json");
        return Of(context, "change", [reference, organization, kind, action, number, date, signer, file, attach, json], async run =>
        {
            var id = await run.IdAsync(run.Value(reference));
            var of = run.Value(organization) is { } name ? await run.OrganizationAsync(name) : null;
            var form = run.Value(file) is { } path ? FormReader.Read(await run.BytesAsync(path), run.Value(action)) : null;
            await using var files = await run.StageAsync([.. run.Value(file) is { } list ? [list] : Array.Empty<string>(), .. run.Value(attach) ?? []]);
            run.Require(await run.Store.Requests.ChangeAsync(
                CommandContext.Operator, id, new(of?.Id, run.Value(kind), run.Value(number), run.Day(run.Value(date)), run.Value(signer), run.Value(action)), form, files.Files, run.Token));
            run.Write(await run.FileAsync(run.Value(reference)), run.Value(json));
        });
    }

    private static Command Receive(CommandContext context)
    {
        var reference = Reference(context);
        var on = Text(context, "--on", "option.request.received", "arg.date");
        return Of(context, "receive", [reference, on], async run =>
            run.WriteLine(run.Require(await run.Store.Requests.ReceiveAsync(CommandContext.Operator, await run.IdAsync(run.Value(reference)), run.Day(run.Value(on)), run.Token))));
    }

    private static Command Assign(CommandContext context)
    {
        var reference = Reference(context);
        var owner = new Argument<string>("owner") { HelpName = context.Texts["arg.login"], Description = context.Texts["arg.request.owner"] };
        return Of(context, "assign", [reference, owner], async run =>
            run.WriteLine(run.Require(await run.Store.Requests.AssignAsync(CommandContext.Operator, await run.IdAsync(run.Value(reference)), run.Value(owner), run.Token))));
    }

    private static Command Supplement(CommandContext context)
    {
        var reference = Reference(context);
        var ask = Text(context, "--ask", "option.request.ask");
        var file = Text(context, "--file", "option.request.file", "arg.file");
        var on = Text(context, "--on", "option.request.received", "arg.date");
        return Of(context, "supplement", [reference, ask, file, on], async run =>
        {
            var id = await run.IdAsync(run.Value(reference));
            if (run.Value(ask) is { } what)
            {
                run.WriteLine(run.Require(await run.Store.Requests.AskSupplementAsync(CommandContext.Operator, id, what, run.Token)));
                return;
            }
            var form = run.Value(file) is { } path ? FormReader.Read(await run.BytesAsync(path)) : null;
            await using var files = await run.StageAsync(run.Value(file) is { } list ? [list] : []);
            run.WriteLine(run.Require(await run.Store.Requests.SupplementAsync(CommandContext.Operator, id, run.Day(run.Value(on)), form, files.Files, run.Token)));
        });
    }

    private static Command Fulfil(CommandContext context)
    {
        var reference = Reference(context);
        var retry = Flag(context, "--retry", "option.request.retry");
        var json = Flag(context, "--json", "option.json");
        return Of(context, "fulfil", [reference, retry, json], async run =>
        {
            var isJson = run.Value(json);
            var result = run.Require(await run.Store.Requests.FulfilAsync(
                CommandContext.Operator, await run.IdAsync(run.Value(reference)), run.Value(retry), isJson ? null : row => run.Output.WriteLine(run.Row(row)), run.Token));
            if (isJson)
                run.Write(await run.FileAsync(run.Value(reference)), json: true);
            else
                run.Output.WriteLine(run.Texts["request.fulfilled", result.Done, result.Refused]);
        });
    }

    private static Command Answer(CommandContext context)
    {
        var reference = Reference(context);
        var remarks = Text(context, "--remarks", "option.request.remarks");
        var sign = Text(context, "--sign", "option.request.sign");
        var title = Text(context, "--title", "option.request.title");
        var number = new Option<int?>("--number") { Description = context.Texts["option.request.answerNumber"], HelpName = "n" };
        var date = Text(context, "--date", "option.request.date", "arg.date");
        var send = Flag(context, "--send", "option.request.send");
        var output = Text(context, "--output", "option.request.output", "arg.file");
        return Of(context, "answer", [reference, remarks, sign, title, number, date, send, output], async run =>
        {
            var id = await run.IdAsync(run.Value(reference));
            if (run.Value(remarks) is { } words)
                run.Require(await run.Store.Requests.DraftAnswerAsync(CommandContext.Operator, id, words, run.Token));
            if (run.Value(sign) is { } name)
            {
                var answer = run.Require(await run.Store.Requests.SignAnswerAsync(CommandContext.Operator, id, new(run.Value(number), run.Day(run.Value(date)), run.Value(title) ?? "", name), run.Token));
                run.Output.WriteLine(run.Texts["request.signed", $"{answer.Number:00}/{run.Store.Requests.Issuer.Symbol}"]);
            }
            if (run.Value(output) is { } file)
                await run.SaveAsync(file, DocumentWriter.Write(run.Require(await run.Store.Requests.AnswerDocumentAsync(CommandContext.Operator, id, run.Token))));
            if (run.Value(send))
            {
                var issued = run.Require(await run.Store.Requests.IssueAnswerAsync(CommandContext.Operator, id, run.Token));
                run.Output.WriteLine(run.Texts["request.sent", (await run.FileAsync(issued.Reference)).Answer!.SentTo]);
                run.WriteLine(issued);
            }
        });
    }

    // First passwords on paper for their holders; printed once and kept nowhere (A6.3, A7.2).
    private static Command Slips(CommandContext context)
    {
        var reference = Reference(context);
        var folder = Text(context, "--output", "option.request.slips", "arg.folder");
        return Of(context, "slips", [reference, folder], async run =>
        {
            var file = await run.FileAsync(run.Value(reference));
            var target = Directory.CreateDirectory(run.Value(folder) ?? ".").FullName;
            var made = 0;
            foreach (var row in file.Rows.Where(r => r.State == RowState.Done && r.Subject == FormSubject.People && r.Account is not null && r.Action is MailboxAction.Create or MailboxAction.ResetPassword))
            {
                // Who has signed in since has a password that nobody else may know.
                if (await run.Store.ReadAsync(tx => tx.ScalarAsync<long?>("SELECT 1 FROM principals WHERE home_account_id = $1 AND password_hash IS NOT NULL", row.Account!.Value.Value), run.Token) is not null)
                    continue;
                var slip = run.Require(await run.Store.Passwords.IssueSlipAsync(CommandContext.Operator, row.Account!.Value, run.Token));
                await run.SaveAsync(Path.Combine(target, $"{slip.Login.Split('@')[0]}.docx"), DocumentWriter.Write(Letters.Slip(run.Store.Requests.Issuer, slip)));
                made++;
            }
            run.Output.WriteLine(run.Texts["request.slips", made, target]);
        });
    }

    private static Command Late(CommandContext context)
    {
        var json = Flag(context, "--json", "option.json");
        return Of(context, "late", [json], async run =>
        {
            var (late, nearly, owing) = await run.Store.Requests.LateAsync(CommandContext.Operator, run.Token);
            if (run.Value(json))
            {
                CommandContext.WriteJson(run.Output, new { late, nearlyLate = nearly, owingDocument = owing });
                return;
            }
            foreach (var (key, list) in new[] { ("request.late", late), ("request.nearlyLate", nearly), ("request.owing", owing) })
            {
                run.Output.WriteLine(run.Texts[key, list.Count]);
                run.Write(list, json: false);
            }
        });
    }

    private static Command Forms(CommandContext context)
    {
        var kind = new Argument<FormKind>("form") { HelpName = "newMailboxes|changeInformation|revokeDeleteRestore|passwordReset|moreStorage", Description = context.Texts["arg.request.form"] };
        var organization = Text(context, "--organization", "option.request.organization");
        var organizations = Flag(context, "--organizations", "option.request.organizations");
        var output = Text(context, "--output", "option.request.output", "arg.file");
        return Of(context, "forms", [kind, organization, organizations, output], async run =>
        {
            var form = run.Parsed.GetValue(kind);
            var of = run.Value(organization) is { } name ? await run.OrganizationAsync(name) : null;
            var parent = of?.Parent is { } above ? await run.Store.Organizations.FindAsync(above, run.Token) : null;
            var fill = new FormFill
            {
                Organization = of?.Name ?? "", Parent = parent?.Name ?? "", To = run.Store.Requests.Issuer.Name, Place = run.Store.Requests.Issuer.Place, BlankSubject = run.Value(organizations) ? FormSubject.Organizations : FormSubject.People,
            };
            var path = run.Value(output) ?? $"{form.ToString().ToLowerInvariant()}.docx";
            var docx = DocumentWriter.Write(FormWriter.Document(form, fill));
            await run.SaveAsync(path, Path.GetExtension(path).ToLowerInvariant() switch
            {
                ".xlsx" => ListWriter.Write(form, fill),
                ".pdf" => await PdfConversion.FromDocxAsync(docx, run.Token) ?? throw new CommandException(run.Texts["request.noPdf"]),
                _ => docx,
            });
        });
    }

    private static Command Read(CommandContext context)
    {
        var file = new Argument<string>("file") { HelpName = context.Texts["arg.file"], Description = context.Texts["arg.request.file"] };
        var json = Flag(context, "--json", "option.json");
        return Of(context, "read", [file, json], needsStore: false, async run =>
        {
            var read = FormReader.Read(await run.BytesAsync(run.Value(file)));
            if (run.Value(json))
                CommandContext.WriteJson(run.Output, new { read.Fault, read.Kind, read.Head, read.Rows, problems = read.Problems.Select(p => new { p.Table, p.Row, p.Column, p.Read, p.Fault, p.IsBlocking, text = p.Say(run.Context.Wording) }) });
            else if (read.Fault != FileFault.None)
                throw new CommandException(run.Context.Wording[$"file.{read.Fault}"]);
            else
                run.WriteForm(read);
        });
    }

    private static Command Document(CommandContext context)
    {
        var reference = Reference(context);
        var id = new Argument<long>("document") { HelpName = "id", Description = context.Texts["arg.request.document"] };
        var output = Text(context, "--output", "option.request.output", "arg.file");
        return Of(context, "document", [reference, id, output], async run =>
        {
            var (document, bytes) = run.Require(await run.Store.Requests.ReadDocumentAsync(CommandContext.Operator, await run.IdAsync(run.Value(reference)), run.Parsed.GetValue(id), run.Token));
            await run.SaveAsync(run.Value(output) ?? Path.GetFileName(document.Name), bytes);
        });
    }

    private static Command Step(CommandContext context, string name, Func<RequestRun, RequestId, Task<Result<Request>>> step)
    {
        var reference = Reference(context);
        return Of(context, name, [reference], async run => run.WriteLine(run.Require(await step(run, await run.IdAsync(run.Value(reference))))));
    }

    private static Command Reason(CommandContext context, string name, Func<RequestRun, RequestId, string, Task<Result<Request>>> step)
    {
        var reference = Reference(context);
        var reason = new Argument<string>("reason") { HelpName = context.Texts["arg.request.reason"], Description = context.Texts["arg.request.reason.help"] };
        return Of(context, name, [reference, reason], async run => run.WriteLine(run.Require(await step(run, await run.IdAsync(run.Value(reference)), run.Value(reason)))));
    }

    private static Command Of(CommandContext context, string name, IEnumerable<Symbol> parts, Func<RequestRun, Task> work) => Of(context, name, parts, needsStore: true, work);

    // What is done to a file alone needs no installation.
    private static Command Of(CommandContext context, string name, IEnumerable<Symbol> parts, bool needsStore, Func<RequestRun, Task> work)
    {
        var command = new Command(name, context.Texts[$"help.request.{name}"]);
        foreach (var part in parts)
        {
            if (part is Option option)
                command.Options.Add(option);
            else if (part is Argument argument)
                command.Arguments.Add(argument);
        }
        command.SetAction(async (parsed, token) =>
        {
            if (!needsStore)
            {
                await work(new(context, parsed, null!, parsed.InvocationConfiguration.Output, token));
                return CommandLine.Done;
            }
            await using var mail = await context.OpenStoreAsync(parsed, token);
            var store = CommandContext.Governance(mail);
            RequestSetup.Apply(store, Configuration.ServerOptions.From(context.Configure(parsed)));
            await work(new(context, parsed, store, parsed.InvocationConfiguration.Output, token));
            return CommandLine.Done;
        });
        return command;
    }

    private static Argument<string> Reference(CommandContext context) => new("reference") { HelpName = "YC-2026-000001", Description = context.Texts["arg.request.reference"] };

    private static Option<RequestKind?> Kind(CommandContext context) => new("--kind") { Description = context.Texts["option.request.kind"], HelpName = "newPersonalMailboxes|…" };

    private static Option<string?> Text(CommandContext context, string name, string help, string value = "arg.request.text") => new(name) { Description = context.Texts[help], HelpName = context.Texts[value] };

    private static Option<bool> Flag(CommandContext context, string name, string help) => new(name) { Description = context.Texts[help] };
}
