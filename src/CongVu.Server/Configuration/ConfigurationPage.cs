using System.Text;

namespace CongVu.Server.Configuration;

/// <summary>docs/configuration.md, made of the table of settings; a test keeps the two together.</summary>
internal static class ConfigurationPage
{
    public static string Write()
    {
        var page = new StringBuilder();
        page.Append(
            """
            # Configuration

            Made from the program's own table of settings by `./congvu config --page`; do not edit it by hand.

            Nothing needs to be configured to try the system. What is said on the command line counts most (`--set key=value`, and `--data` for `data`), then the
            environment, then the file, then the default. The file is `congvu.json` in the data folder, or the one that `--config` or `CONGVU_CONFIG` names;
            comments and trailing commas are allowed in it. A value that is not allowed and a key that does not exist are refused at start: every error is
            told at once, with its key, its value, where it is written and what is allowed. `./congvu config` prints every value and where it came from.

            In production most installations need this much:

            ```json
            {
              "hostName": "mail.example.gov.vn",
              "domains": ["example.gov.vn"],
              "ports": "standard",
              "tls": { "certificate": "/etc/congvu/certificate.pem", "key": "/etc/congvu/key.pem" }
            }
            ```

            Texts of the command line are in Vietnamese or English: by `--lang`, `CONGVU_LANG`, or the system's `LANG`.

            A key with dots is nested in the file: `tls.certificate` is `{ "tls": { "certificate": … } }`. Lists are arrays in the file and separated by commas elsewhere.

            | key | environment variable | default | allowed | what it is for |
            |---|---|---|---|---|

            """);
        foreach (var setting in Settings.All)
            page.Append(System.Globalization.CultureInfo.InvariantCulture, $"| `{setting.Key}` | `{setting.Variable}` | {(setting.Default.Length == 0 ? "" : $"`{setting.Default}`")} | {setting.Allowed} | {setting.Purpose} |\n");
        return page.ToString();
    }
}
