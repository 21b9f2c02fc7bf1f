using CongVu.Server.Configuration;

namespace CongVu.Server.Tests.Configuration;

public sealed class ConfigurationReaderTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("congvu-").FullName;
    private readonly Dictionary<string, string> environment = [];
    private readonly List<KeyValuePair<string, string>> flags = [];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Nothing_said_gives_loopback_ports_and_the_embedded_database()
    {
        var options = ServerOptions.From(Good());
        Assert.Equal(
            ["Smtp localhost:2525", "Submission localhost:2587", "Submissions localhost:2465", "Imap localhost:2143", "Imaps localhost:2993", "Https localhost:8443", "Http localhost:8080"],
            options.Listeners.Select(l => $"{l.Kind} {l.Address}"));
        Assert.Null(options.Store.PostgresConnection);
        Assert.Equal(folder, options.DataFolder);
    }

    [Fact]
    public void One_setting_gives_the_well_known_ports()
    {
        File("""{ "ports": "standard", "listen": { "http": "off", "imap": ["10.0.0.5:143", "[::1]:143"] } }""");
        Assert.Equal(
            ["Smtp *:25", "Submission *:587", "Submissions *:465", "Imap 10.0.0.5:143", "Imap [::1]:143", "Imaps *:993", "Https *:443"],
            ServerOptions.From(Good()).Listeners.Select(l => $"{l.Kind} {l.Address}"));
    }

    [Fact]
    public void A_flag_counts_more_than_the_environment_and_that_more_than_the_file()
    {
        File("""
            { // comments are allowed
              "hostName": "file.example.vn", "domains": ["a.vn", "b.vn"], "ports": "standard", }
            """);
        environment["CONGVU_HOST_NAME"] = "environment.example.vn";
        environment["CONGVU_DOMAINS"] = "c.vn, d.vn";
        flags.Add(new("hostName", "flag.example.vn"));
        var values = Good().All.ToDictionary(v => v.Setting.Key);
        Assert.Equal(("flag.example.vn", ValueOrigin.Flag), (values["hostName"].Value, values["hostName"].Origin));
        Assert.Equal(ValueOrigin.Environment, values["domains"].Origin);
        Assert.Equal(["c.vn", "d.vn"], (IEnumerable<string>)values["domains"].Value!);
        Assert.Equal(ValueOrigin.File, values["ports"].Origin);
        Assert.Equal(ValueOrigin.Default, values["database"].Origin);
    }

    [Fact]
    public void Every_wrong_value_and_unknown_key_is_told_at_once()
    {
        File("""{ "hostNmae": "x.vn", "ports": "high", "listen": { "smtp": "25", "smpt": "off" }, "store": { "vaultDays": -1 }, "tls": { "certificate": "/no/such/file" }, "domains": [{}] }""");
        environment["CONGVU_LOG_LEVL"] = "debug";
        flags.Add(new("log.level", "loud"));
        Assert.Equal(
            [
                "hostNmae|\"x.vn\"|no such setting; did you mean hostName?",
                "ports|high|local, standard",
                "listen.smtp|25|addresses as host:port, host being an IP address, localhost or * (all), for example *:25; or off",
                "listen.smpt|\"off\"|no such setting; did you mean listen.smtp?",
                "store.vaultDays|-1|0 to 3650",
                "tls.certificate|/no/such/file|a PEM file with the certificate, those it rests on, and the key unless `tls.key` names it",
                "domains|[{}]|domain names such as example.gov.vn",
                "CONGVU_LOG_LEVL|debug|no such setting; did you mean CONGVU_LOG_LEVEL?",
                "log.level|loud|trace, debug, information, warning, error, critical",
            ],
            Errors());
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{ "ports": "local", "ports": "standard" }""")]
    [InlineData("{ \"ports\": ")]
    public void A_file_that_is_not_a_json_object_is_refused(string text)
    {
        File(text);
        Assert.Single(Errors());
    }

    [Fact]
    public void A_file_that_is_named_must_exist()
    {
        var (configuration, errors) = ConfigurationReader.Read(Path.Combine(folder, "other.json"), [], []);
        Assert.Null(configuration);
        Assert.Contains("other.json", Assert.Single(errors).Key, StringComparison.Ordinal);
    }

    [Fact]
    public void The_file_in_the_data_folder_does_not_move_the_data_folder()
    {
        File("""{ "data": "elsewhere" }""");
        Assert.StartsWith("data|", Assert.Single(Errors()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_connection_string_with_its_password_is_not_told_in_errors()
    {
        flags.Add(new("database", "Hosst=x;Password=secret"));
        Assert.DoesNotContain("secret", Assert.Single(Errors()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("*:25", "*:25")]
    [InlineData("127.0.0.1:0", "127.0.0.1:0")]
    [InlineData("[::]:993", "[::]:993")]
    [InlineData("localhost:2525", "localhost:2525")]
    [InlineData("OFF", "off")]
    [InlineData("25", null)]
    [InlineData("::1:25", null)]
    [InlineData("[127.0.0.1]:25", null)]
    [InlineData("mail.example.vn:25", null)]
    [InlineData("*:65536", null)]
    [InlineData("*:-1", null)]
    public void Addresses_to_listen_on_are_read_and_written(string text, string? expected) =>
        Assert.Equal(expected, ListenAddress.TryParse(text, out var value) ? value.ToString() : null);

    [Theory]
    [InlineData("1024", 1024L)]
    [InlineData("2G", 2L << 30)]
    [InlineData("30 MB", 30L << 20)]
    [InlineData("512k", 512L << 10)]
    [InlineData("-1", null)]
    [InlineData("G", null)]
    [InlineData("", null)]
    [InlineData("9999999999T", null)]
    public void Sizes_are_read(string text, long? expected) => Assert.Equal(expected, Values.Size(text, out var value) ? value : null);

    [Fact]
    public void The_page_about_settings_is_the_one_that_the_program_writes() =>
        Assert.Equal(ConfigurationPage.Write(), System.IO.File.ReadAllText(Path.Combine(Repository.Folder, "docs", "configuration.md")));

    [Fact]
    public void Every_setting_has_a_variable_of_its_own_and_a_default_that_is_allowed()
    {
        Assert.Equal(Settings.All.Count, Settings.All.Select(s => s.Variable).Distinct().Count());
        Assert.All(Settings.All.Where(s => s.Default.Length > 0), s => Assert.NotNull(s.Parse([s.Default], out _)));
    }

    private void File(string text) => System.IO.File.WriteAllText(Path.Combine(folder, ConfigurationReader.FileName), text);

    private CongVu.Server.Configuration.Configuration Good()
    {
        var (configuration, errors) = Read();
        Assert.Empty(errors);
        return configuration!;
    }

    private List<string> Errors()
    {
        var (configuration, errors) = Read();
        Assert.Null(configuration);
        return [.. errors.Select(e => $"{e.Key}|{e.Written}|{e.Allowed}")];
    }

    private (CongVu.Server.Configuration.Configuration?, IReadOnlyList<ConfigurationError>) Read()
    {
        environment["CONGVU_DATA"] = folder;
        return ConfigurationReader.Read(null, flags, environment);
    }
}
