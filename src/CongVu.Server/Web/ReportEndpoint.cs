using System.Globalization;
using System.Text;
using CongVu.Mail.Delivery;
using CongVu.Mail.Store;
using CongVu.Server.Configuration;
using MimeKit;
using Envelope = CongVu.Mail.Store.Envelope;

namespace CongVu.Server.Web;

/// <summary>A problem that somebody has with the webmail or with a message.</summary>
/// <param name="Text">What the holder says.</param>
/// <param name="Page">Where in the webmail.</param>
/// <param name="MessageId">The Message-ID that it is about; null for none.</param>
internal sealed record ProblemReport(string Text, string? Page, string? MessageId);

/// <summary>
/// "Report a problem": /api/account/report. The report is a message to who operates the system, with what is needed to see whether somebody else uses the account: the latest
/// sign-ins and the sessions that are open.
/// </summary>
internal sealed class ReportEndpoint(ServerOptions options, MailStore store, MailPath path, TimeProvider clock)
{
    private const int MaxText = 10_000;
    private const int MaxFact = 1_000;

    private static readonly TimeSpan Vietnam = TimeSpan.FromHours(7);

    internal static void Map(WebApplication application, ServerOptions options, MailStore store, MailPath path, TimeProvider clock)
    {
        var endpoint = new ReportEndpoint(options, store, path, clock);
        application.MapPost("/api/account/report", (HttpContext context, ProblemReport report) => endpoint.ReportAsync(context, report)).RequireAuthorization().Produces(204).Produces<ApiError>(400).Produces<ApiError>(403).Produces<ApiError>(503);
    }

    private async Task<IResult> ReportAsync(HttpContext context, ProblemReport report)
    {
        if (context.SessionId() is null)
            return Results.Json(new ApiError("browserOnly"), statusCode: 403);
        if (report.Text?.Trim() is not { Length: > 0 and <= MaxText } text || report.Page?.Length > MaxFact || report.MessageId?.Length > MaxFact)
            return Results.Json(new ApiError("text"), statusCode: 400);
        var aborted = context.RequestAborted;
        var principal = (await store.Accounts.FindPrincipalAsync(context.PrincipalId(), aborted))!;
        var domains = await store.Accounts.DomainsAsync(aborted);
        var to = options.SupportAddress ?? (domains.Count > 0 ? $"postmaster@{(options.Domains.Count > 0 ? options.Domains[0] : domains[0])}" : null);
        var from = principal.HomeAccount is { } home ? await store.Accounts.FindAsync(home, aborted) : null;
        if (to is null || from is null)
            return Results.Json(new ApiError("noSupport"), statusCode: 503);
        var found = await store.Accounts.LookupAsync(to, aborted);
        if (found.Status is AddressStatus.Unknown or AddressStatus.Closed)
            return Results.Json(new ApiError("noSupport"), statusCode: 503);

        var now = clock.GetUtcNow();
        var message = new MimeMessage
        {
            Date = now.ToOffset(Vietnam),
            Subject = $"Báo sự cố: {FirstLine(text)}",
            MessageId = $"{Guid.NewGuid():N}@{options.HostName}",
            Body = new Multipart("mixed")
            {
                Text("plain", Facts(context, principal, report, text, now)),
                new MimePart("text", "csv") { Content = new MimeContent(new MemoryStream(await SignInsAsync(principal, aborted))), FileName = "dang-nhap.csv", ContentTransferEncoding = ContentEncoding.Base64 },
            },
        };
        message.From.Add(new MailboxAddress(from.Name, from.PrimaryAddress));
        message.To.Add(new MailboxAddress("", to));
        message.Headers.Add("Auto-Submitted", "auto-generated");
        var format = FormatOptions.Default.Clone();
        format.NewLineFormat = NewLineFormat.Dos;
        message.Prepare(EncodingConstraint.SevenBit);
        using var bytes = new MemoryStream();
        await message.WriteToAsync(format, bytes, aborted);
        await using var writer = store.Contents.Create();
        await writer.WriteAsync(bytes.GetBuffer().AsMemory(0, (int)bytes.Length), aborted);
        var envelope = new Envelope { Sender = from.PrimaryAddress, RemoteHost = options.HostName };
        envelope = found.Status == AddressStatus.NotLocal
            ? envelope with { Remote = [new(to, found.Address[(found.Address.LastIndexOf('@') + 1)..])] }
            : envelope with { Local = [new(found.Account, found.Address)] };
        await path.AcceptAsync(envelope, writer, $"Received: by {options.HostName} from the webmail;\r\n\t{MailPath.MailDate(now)}\r\n", null, options.HostName, now, aborted);
        return Results.NoContent();
    }

    private static string Facts(HttpContext context, Principal principal, ProblemReport report, string text, DateTimeOffset now)
    {
        var facts = new StringBuilder(text).Append("\n\n--\n");
        facts.Append(CultureInfo.InvariantCulture, $"Người báo: {principal.DisplayName} <{principal.Login}>\n");
        facts.Append(CultureInfo.InvariantCulture, $"Thời gian: {now.ToOffset(Vietnam):dd/MM/yyyy HH:mm:ss}\n");
        facts.Append(CultureInfo.InvariantCulture, $"Địa chỉ mạng: {context.Connection.RemoteIpAddress}\n");
        facts.Append(CultureInfo.InvariantCulture, $"Trình duyệt: {Line(context.Request.Headers.UserAgent.ToString())}\n");
        if (report.Page is { Length: > 0 } page)
            facts.Append(CultureInfo.InvariantCulture, $"Trang: {Line(page)}\n");
        if (report.MessageId is { Length: > 0 } id)
            facts.Append(CultureInfo.InvariantCulture, $"Thư liên quan (Message-ID): {Line(id)}\n");
        return facts.ToString();
    }

    // Attempts and open sessions, for the operator's eyes: RFC 4180, with the mark by which spreadsheets know UTF-8.
    private async Task<byte[]> SignInsAsync(Principal principal, CancellationToken cancellationToken)
    {
        var csv = new StringBuilder("\uFEFFThời gian,Kết quả,Địa chỉ mạng,Thiết bị\r\n");
        foreach (var one in await store.WebSessions.AttemptsAsync(principal.Id, cancellationToken))
            csv.Append(CultureInfo.InvariantCulture, $"{one.At.ToOffset(Vietnam):yyyy-MM-dd HH:mm:ss},{(one.Succeeded ? "Thành công" : "Không thành công")},{Cell(one.Remote)},{Cell(one.UserAgent)}\r\n");
        foreach (var one in await store.WebSessions.ListAsync(principal.Id, cancellationToken))
            csv.Append(CultureInfo.InvariantCulture, $"{one.LastUsed.ToOffset(Vietnam):yyyy-MM-dd HH:mm:ss},Đang mở,{Cell(one.Remote)},{Cell(one.UserAgent)}\r\n");
        return Encoding.UTF8.GetBytes(csv.ToString());
    }

    // What begins as a formula is one to a spreadsheet; a browser names itself as it likes.
    private static string Cell(string text)
    {
        var line = Line(text);
        return $"\"{(line.Length > 0 && "=+-@".Contains(line[0], StringComparison.Ordinal) ? "'" : "")}{line.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    private static string Line(string text) => string.Concat(text.Where(c => !char.IsControl(c)).Take(MaxFact));

    private static string FirstLine(string text)
    {
        var line = Line(text.Split('\n')[0].Trim());
        return line.Length > 80 ? line[..80] : line;
    }

    private static TextPart Text(string subtype, string text)
    {
        var part = new TextPart(subtype);
        part.SetText(Encoding.UTF8, text.ReplaceLineEndings("\r\n"));
        return part;
    }
}
