using System.CommandLine;
using System.Globalization;
using CongVu.Governance;
using CongVu.Governance.Documents;
using CongVu.Governance.Organizations;
using CongVu.Governance.Requests;
using CongVu.Server.Resources;

namespace CongVu.Server.Commands;

/// <summary>Files staged for a request; what is not kept goes when this ends.</summary>
internal sealed class StagedFiles(List<FileToKeep> files) : IAsyncDisposable
{
    public IReadOnlyList<FileToKeep> Files => files;

    public async ValueTask DisposeAsync()
    {
        foreach (var file in files)
            await file.DisposeAsync();
    }
}

/// <summary>A <c>congvu request</c> command at work: what it reads and how it shows it.</summary>
internal sealed record RequestRun(CommandContext Context, ParseResult Parsed, GovernanceStore Store, TextWriter Output, CancellationToken Token)
{
    /// <summary>What one message may carry (A5.3).</summary>
    private const long MaxFileBytes = 30L << 20;

    public Texts Texts => Context.Texts;

    public T? Value<T>(Option<T> option) => Parsed.GetValue(option);

    public string Value(Argument<string> argument) => Parsed.GetValue(argument)!;

    public T Require<T>(Result<T> result) => Context.Require(result);

    public async Task<RequestId> IdAsync(string reference) =>
        (await Store.ReadAsync(tx => RequestStore.FindAsync(tx, reference), Token))?.Id ?? throw new CommandException(Context.Wording.Explain(Problem.NotFound(reference)));

    public async Task<RequestFile> FileAsync(string reference) => Require(await Store.Requests.OpenAsync(CommandContext.Operator, await IdAsync(reference), Token));

    public async Task<Organization> OrganizationAsync(string name) => Require(await Store.ReadAsync(tx => OrganizationStore.ResolveAsync(tx, name), Token));

    public DateOnly? Day(string? text) => text is null ? null
        : DateOnly.TryParseExact(text, ["yyyy-MM-dd", "d/M/yyyy"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day
        : throw new CommandException(Texts["date.wrong", text]);

    public async Task<byte[]> BytesAsync(string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists)
            throw new CommandException(Texts["request.file.missing", path]);
        return file.Length <= MaxFileBytes ? await File.ReadAllBytesAsync(path, Token) : throw new CommandException(Texts["request.file.large", path]);
    }

    public async Task<StagedFiles> StageAsync(IEnumerable<string> paths)
    {
        var files = new List<FileToKeep>();
        foreach (var path in paths)
        {
            var bytes = await BytesAsync(path);
            files.Add(await Store.Requests.StageAsync(Path.GetFileName(path), Path.GetExtension(path).ToLowerInvariant() switch { ".pdf" => "application/pdf", ".docx" => RequestStore.DocxType, _ => "application/octet-stream" }, bytes, Token));
        }
        return new(files);
    }

    public async Task SaveAsync(string path, byte[] bytes)
    {
        try
        {
            await File.WriteAllBytesAsync(path, bytes, Token);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(error.Message);
        }
        Output.WriteLine(Texts["request.saved", Path.GetFullPath(path)]);
    }

    public void Write(IReadOnlyList<Request> requests, bool json)
    {
        if (json)
            CommandContext.WriteJson(Output, requests);
        else
            CommandContext.WriteTable(Output, [.. requests.Select(Columns)]);
    }

    public void WriteLine(Request request) => CommandContext.WriteTable(Output, [Columns(request)]);

    public void Write(RequestFile file, bool json)
    {
        var wording = Context.Wording;
        if (json)
        {
            CommandContext.WriteJson(Output, new
            {
                file.Request,
                rows = file.Rows.Select(r => new { r.Id, r.Position, r.Subject, r.Action, r.Cells, r.State, r.Address, reason = r.Problem is { } why ? wording.Explain(why) : null }),
                problems = file.Problems.Select(p => p.Say(wording)),
                file.Documents,
                file.Events,
                file.Answer,
            });
            return;
        }
        WriteLine(file.Request);
        foreach (var row in file.Rows)
            Output.WriteLine(Row(row));
        foreach (var problem in file.Problems)
            Output.WriteLine("! " + problem.Say(wording));
        foreach (var document in file.Documents)
            Output.WriteLine($"  [{document.Id}] {document.Name} ({CommandContext.Size(document.Size)})");
        foreach (var happened in file.Events)
            Output.WriteLine($"  {happened.At.ToOffset(TimeSpan.FromHours(7)):yyyy-MM-dd HH:mm}  {happened.Actor}  {happened.What}  {wording[$"requestState.{happened.State}"]}  {happened.Note}".TrimEnd());
    }

    public void WriteForm(FormReading form)
    {
        Output.WriteLine(form.Kind is { } kind ? Form.Of(kind).Title : Texts["request.form.unclear"]);
        foreach (var row in form.Rows)
            Output.WriteLine($"{row.Number,4}  {(row.Action is { } action ? Form.Words(action) : "?"),-20}  {string.Join("; ", row.Values.Values)}");
        foreach (var problem in form.Problems)
            Output.WriteLine("! " + problem.Say(Context.Wording));
    }

    public string Row(RequestRow row) =>
        $"{row.Position,4}  {Context.Wording[$"rowState.{row.State}"],-10}  {(row.Action is { } action ? Form.Words(action) : "?")}  {row.Name}  {row.Address ?? row[FormField.Address]}{(row.Problem is { } why ? $"  {Context.Wording.Explain(why)}" : "")}";

    private string[] Columns(Request request) =>
    [
        request.Reference,
        Context.Wording[$"requestState.{request.State}"],
        request.DueOn is { } due ? due.ToString("dd/MM/yyyy", CultureInfo.InvariantCulture) + (request.DueIsProvisional ? $" ({Texts["workingDays.provisional"]})" : "") : "–",
        RequestKinds.Words(request.Kind),
        request.OrganizationName,
        request.Number,
        $"{request.Rows.Done}/{request.Rows.All}",
        request.Owner ?? "",
    ];
}
