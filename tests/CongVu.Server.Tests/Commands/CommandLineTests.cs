using System.Text;
using System.Text.Json;
using CongVu.Formats.Tests;
using CongVu.Mail.Store;
using CongVu.Server.Commands;
using CongVu.Server.Resources;

namespace CongVu.Server.Tests.Commands;

/// <summary>Commands as they are typed, on an installation of their own.</summary>
public sealed class CommandLineTests : IAsyncLifetime
{
    private const string Password = "Rừng thông 9!";
    private readonly string folder = Directory.CreateTempSubdirectory("congvu-").FullName;
    private readonly StringWriter output = new();
    private readonly StringWriter error = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await using var store = await MailStore.OpenAsync(new() { Folder = Path.Combine(folder, "data") }, TimeProvider.System, Cancellation);
        await store.Accounts.AddDomainAsync("example.gov.vn", "test", Cancellation);
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Keys_are_rotated_by_one_command_that_prints_what_to_publish()
    {
        Assert.Equal(0, await RunAsync(null, "dkim", "rotate", "Example.gov.vn", "--lang", "en"));
        var first = output.ToString();
        Assert.Matches("""(?m)^cv\d{8}r\._domainkey\.example\.gov\.vn\. 3600 IN TXT "v=DKIM1; k=rsa; h=sha256; p=[^"]{200,255}" "[^"]+"\r?$""", first);
        Assert.Matches("""(?m)^cv\d{8}e\._domainkey\.example\.gov\.vn\. 3600 IN TXT "v=DKIM1; k=ed25519; h=sha256; p=[^"]{44}"\r?$""", first);
        Assert.Contains("signed from now on", first, StringComparison.Ordinal);
        Assert.Equal(0, await RunAsync(null, "dkim", "rotate", "example.gov.vn", "--hours", "24", "--lang", "en"));
        Assert.Contains("until then the ones before", output.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, await RunAsync(null, "dkim", "list", "--json"));
        using var keys = JsonDocument.Parse(output.ToString());
        Assert.Equal(["signing", "signing", "waiting", "waiting"], keys.RootElement.EnumerateArray().Select(k => k.GetProperty("state").GetString()));
        var selector = keys.RootElement[0].GetProperty("selector").GetString()!;
        Assert.Equal(0, await RunAsync(null, "dkim", "remove", "example.gov.vn", selector));
        Assert.Equal(1, await RunAsync(null, "dkim", "remove", "example.gov.vn", selector));
        Assert.Equal(0, await RunAsync(null, "dkim", "records", "example.gov.vn"));
        Assert.Equal(3, output.ToString().Split("_domainkey").Length - 1);
        Assert.Equal(1, await RunAsync(null, "dkim", "rotate", "khac.vn"));
        Assert.Equal(2, await RunAsync(null, "dkim", "rotate", "example.gov.vn", "--hours", "9999"));
    }

    [Fact]
    public async Task Every_command_has_help_in_both_languages()
    {
        foreach (var language in new[] { "vi", "en" })
        {
            var root = CommandLine.Build(new Texts(language == "vi"), TextReader.Null, new Dictionary<string, string>());
            var commands = new Queue<System.CommandLine.Command>([root]);
            while (commands.TryDequeue(out var command))
            {
                foreach (var below in command.Subcommands)
                    commands.Enqueue(below);
                Assert.False(string.IsNullOrWhiteSpace(command.Description), command.Name);
                Assert.All(command.Options, o => Assert.False(string.IsNullOrWhiteSpace(o.Description), $"{command.Name} {o.Name}"));
                Assert.All(command.Arguments, a => Assert.False(string.IsNullOrWhiteSpace(a.Description), $"{command.Name} {a.Name}"));
                var words = HelpPage.PathOf(command).Split(' ').Skip(1);
                Assert.Equal(0, await RunAsync(null, [.. words, "--help", "--lang", language]));
                Assert.Contains(language == "vi" ? "Cách dùng: congvu" : "Usage: congvu", output.ToString(), StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task People_and_organizations_are_added_listed_and_shown()
    {
        await DoAsync(Password, "account", "add", "hoant.stttt@example.gov.vn", "--name", "Nguyễn Thị Hoa");
        await DoAsync(null, "account", "add", "stttt@example.gov.vn", "--organization", "--name", "Sở Thông tin và Truyền thông", "--quota", "2G");
        await DoAsync(null, "account", "alias", "stttt@example.gov.vn", "so.tttt@example.gov.vn");
        await DoAsync(null, "account", "grant", "stttt@example.gov.vn", "hoant.stttt@example.gov.vn");
        await DoAsync(null, "account", "suspend", "hoant.stttt@example.gov.vn");

        var list = JsonDocument.Parse(await DoAsync(null, "account", "list", "--json")).RootElement;
        Assert.Equal(["hoant.stttt@example.gov.vn personal suspended 1073741824", "stttt@example.gov.vn organization active 2147483648"],
            list.EnumerateArray().Select(a => $"{a.GetProperty("address")} {a.GetProperty("kind")} {a.GetProperty("state")} {a.GetProperty("quotaBytes")}"));
        var shown = JsonDocument.Parse(await DoAsync(null, "account", "show", "so.tttt@example.gov.vn", "--json")).RootElement;
        Assert.Equal(["stttt@example.gov.vn", "so.tttt@example.gov.vn"], shown.GetProperty("addresses").EnumerateArray().Select(a => a.GetString()!));
        Assert.Equal("hoant.stttt@example.gov.vn", shown.GetProperty("grants")[0].GetProperty("login").GetString());
        Assert.Contains("Sở Thông tin và Truyền thông", await DoAsync(null, "account", "list", "--lang", "vi"), StringComparison.Ordinal);
        Assert.Equal("example.gov.vn\n", await DoAsync(null, "domain", "list"));
    }

    [Fact]
    public async Task A_password_is_read_from_standard_input_and_checked_by_the_rule()
    {
        Assert.Equal(1, await RunAsync("short", "account", "add", "an@example.gov.vn"));
        Assert.Contains("at least 8 characters, an upper case letter, a digit, a special character", error.ToString(), StringComparison.Ordinal);
        await DoAsync(Password, "account", "add", "an@example.gov.vn");
        await DoAsync("Another 1 pass!", "account", "password", "an@example.gov.vn");
        Assert.Equal(SignInRefusal.None, await SignInAsync("an@example.gov.vn", "Another 1 pass!"));
        var generated = await DoAsync(null, "account", "password", "an@example.gov.vn", "--generate");
        Assert.Equal(SignInRefusal.None, await SignInAsync("an@example.gov.vn", generated.Trim().Split(' ')[^1]));
    }

    [Theory]
    [InlineData("There is no account with the address x@example.gov.vn.", "account", "show", "x@example.gov.vn")]
    [InlineData("x@other.vn is in no domain of this installation. Add the domain first: congvu domain add <domain>", "account", "add", "x@other.vn", "--generate")]
    [InlineData("example.gov.vn exists already.", "domain", "add", "example.gov.vn")]
    [InlineData("\"2X\" is not a size. Write for example 500M or 2G.", "account", "quota", "x@example.gov.vn", "2X")]
    [InlineData("There is no message 7 in the queue.", "queue", "show", "7")]
    public async Task What_cannot_be_done_is_said_and_the_exit_code_is_1(string expected, params string[] words)
    {
        Assert.Equal(1, await RunAsync(null, words));
        Assert.Equal(expected, error.ToString().Trim());
    }

    [Fact]
    public async Task What_is_not_understood_gives_exit_code_2_and_where_to_look()
    {
        Assert.Equal(2, await RunAsync(null, "account", "lst"));
        Assert.Contains("congvu account --help", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_configuration_is_told_whole()
    {
        Assert.Equal(1, await RunAsync(null, "config", "--set", "ports=high", "--set", "hostNmae=x"));
        Assert.Equal(
            """
            The configuration cannot be used:
              ports = high   allowed: local, standard   (command line)
              hostNmae = x   allowed: no such setting; did you mean hostName?   (command line)
            """,
            error.ToString().Trim().ReplaceLineEndings("\n"));
    }

    [Fact]
    public async Task The_effective_configuration_is_shown_without_its_secrets()
    {
        var shown = await DoAsync(null, "config", "--set", "database=Host=db;Password=hidden;Database=mail");
        Assert.Contains("Host=db;Password=…;Database=mail", shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mailbox_is_imported_checked_and_exported_the_same()
    {
        await DoAsync(Password, "account", "add", "an@example.gov.vn");
        var mbox = Path.Combine(folder, "in.mbox");
        await File.WriteAllTextAsync(mbox, "From a@b.vn Thu Feb  3 09:15:00 2022\nStatus: RO\nSubject: One\n\n>From here\n\nFrom a@b.vn Thu Feb  3 09:16:00 2022\nSubject: Hai\n\nXin chào\n\n", Cancellation);
        Assert.Equal("2 messages are in an@example.gov.vn now.\n", await DoAsync(null, "import", "an@example.gov.vn", mbox, "--mailbox", "Old/2022"));
        Assert.Contains("The store is sound.", await DoAsync(null, "check"), StringComparison.Ordinal);
        var target = Path.Combine(folder, "out.mbox");
        await DoAsync(null, "export", "an@example.gov.vn", target, "--mailbox", "Old/2022");
        Assert.Equal((await File.ReadAllTextAsync(mbox, Cancellation)).Replace("a@b.vn", "MAILER-DAEMON", StringComparison.Ordinal), await File.ReadAllTextAsync(target, Cancellation));
        Assert.Equal(1, await RunAsync(null, "export", "an@example.gov.vn", target, "--mailbox", "Old/2022"));
    }

    [Fact]
    public async Task The_corpus_is_imported_and_exported_byte_for_byte()
    {
        Assert.SkipWhen(Corpus.Folder is null, "The corpus is not here.");
        await DoAsync(Password, "account", "add", "an@example.gov.vn");
        var files = Directory.CreateDirectory(Path.Combine(folder, "in")).FullName;
        var originals = Corpus.Messages(everyNth: 10).Select(m => m.Bytes).ToList();
        for (var i = 0; i < originals.Count; i++)
            await File.WriteAllBytesAsync(Path.Combine(files, $"{i:D6}.eml"), originals[i], Cancellation);
        await DoAsync(null, "import", "an@example.gov.vn", files);
        await DoAsync(null, "export", "an@example.gov.vn", Path.Combine(folder, "out"), "--format", "eml");
        var exported = Directory.GetFiles(Path.Combine(folder, "out")).Order(StringComparer.Ordinal).ToList();
        Assert.Equal(originals.Count, exported.Count);
        for (var i = 0; i < exported.Count; i++)
        {
            var bytes = await File.ReadAllBytesAsync(exported[i], Cancellation);
            Assert.True(originals[i].SequenceEqual(bytes), exported[i]);
        }
        Assert.Contains("The store is sound.", await DoAsync(null, "check"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_import_that_stops_says_where_to_go_on()
    {
        await DoAsync(Password, "account", "add", "an@example.gov.vn", "--quota", "3500");
        var files = Directory.CreateDirectory(Path.Combine(folder, "in")).FullName;
        for (var i = 0; i < 6; i++)
            await File.WriteAllTextAsync(Path.Combine(files, $"{i}.eml"), $"Subject: {i}\r\n\r\n{new string('x', 980)}\r\n", Cancellation);
        Assert.Equal(1, await RunAsync(null, "import", "an@example.gov.vn", files));
        Assert.Contains("Stopped at message 4: ", error.ToString(), StringComparison.Ordinal);
        Assert.Contains("the mailbox is full", error.ToString(), StringComparison.Ordinal);
        await DoAsync(null, "account", "quota", "an@example.gov.vn", "1M");
        Assert.Contains("--skip 3", error.ToString(), StringComparison.Ordinal);
        Assert.StartsWith("3 messages", await DoAsync(null, "import", "an@example.gov.vn", files, "--skip", "3"), StringComparison.Ordinal);
        Assert.Contains("6 messages", await DoAsync(null, "check"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_organization_without_a_custodian_is_nobodys_to_import_into()
    {
        await DoAsync(null, "account", "add", "stttt@example.gov.vn", "--organization");
        var file = Path.Combine(folder, "a.eml");
        await File.WriteAllTextAsync(file, "Subject: x\n\n", Cancellation);
        Assert.Equal(1, await RunAsync(null, "import", "stttt@example.gov.vn", file));
        await DoAsync(Password, "account", "add", "an@example.gov.vn");
        await DoAsync(null, "account", "grant", "stttt@example.gov.vn", "an@example.gov.vn");
        Assert.Equal("1 messages are in stttt@example.gov.vn now.\n", await DoAsync(null, "import", "stttt@example.gov.vn", file));
    }

    [Fact]
    public async Task Who_must_change_the_password_is_refused_until_it_is_changed()
    {
        await DoAsync(Password, "account", "add", "an@example.gov.vn", "--must-change");
        Assert.Equal(SignInRefusal.PasswordChangeRequired, await SignInAsync("an@example.gov.vn", Password));
        await DoAsync("Another 1 pass!", "account", "password", "an@example.gov.vn");
        Assert.Equal(SignInRefusal.None, await SignInAsync("an@example.gov.vn", "Another 1 pass!"));
    }

    [Fact]
    public async Task A_persons_mailbox_is_granted_to_nobody_else()
    {
        await DoAsync(Password, "account", "add", "an@example.gov.vn");
        await DoAsync(Password, "account", "add", "binh@example.gov.vn");
        Assert.Equal(1, await RunAsync(null, "account", "grant", "an@example.gov.vn", "binh@example.gov.vn"));
        Assert.Contains("A10", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_content_is_found()
    {
        await DoAsync(Password, "account", "add", "an@example.gov.vn");
        var big = new byte[300_000];
        Random.Shared.NextBytes(big);
        var file = Path.Combine(folder, "a.eml");
        await File.WriteAllBytesAsync(file, Encoding.ASCII.GetBytes("Subject: x\r\n\r\n" + Convert.ToBase64String(big, Base64FormattingOptions.InsertLineBreaks)), Cancellation);
        await DoAsync(null, "import", "an@example.gov.vn", file);
        var blob = Directory.GetFiles(Path.Combine(folder, "data", "blobs"), "*", SearchOption.AllDirectories).Single();
        var bytes = await File.ReadAllBytesAsync(blob, Cancellation);
        bytes[^10] ^= 1;
        await File.WriteAllBytesAsync(blob, bytes, Cancellation);
        Assert.Equal(1, await RunAsync(null, "check", "--json"));
        Assert.Contains("wrongContent", output.ToString(), StringComparison.Ordinal);
        File.Delete(blob);
        Assert.Equal(1, await RunAsync(null, "check"));
        Assert.Contains("content missing", output.ToString(), StringComparison.Ordinal);
    }

    private async Task<SignInRefusal> SignInAsync(string login, string password)
    {
        await using var store = await MailStore.OpenAsync(new() { Folder = Path.Combine(folder, "data") }, TimeProvider.System, Cancellation);
        return (await store.SignIn.CheckPasswordAsync(login, password, "imap", null, Cancellation)).Refusal;
    }

    private async Task<string> DoAsync(string? input, params string[] words)
    {
        Assert.True(await RunAsync(input, words) == 0, error.ToString());
        return output.ToString();
    }

    private Task<int> RunAsync(string? input, params string[] words)
    {
        output.GetStringBuilder().Clear();
        if (words is not ["account", "quota", ..])
            error.GetStringBuilder().Clear();
        return CommandLine.RunAsync(
            ["--data", Path.Combine(folder, "data"), .. words], new StringReader(input is null ? "" : input + "\n"), output, error, new Dictionary<string, string>(), Cancellation);
    }
}
