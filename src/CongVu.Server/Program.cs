using System.Globalization;
using CongVu.Server.Commands;

// Protocols, files and logs know no country: texts for people are chosen by key, dates for people are formatted by hand.
CultureInfo.DefaultThreadCurrentCulture = CultureInfo.DefaultThreadCurrentUICulture = CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.InvariantCulture;
return await CommandLine.RunAsync(args, Console.In, Console.Out, Console.Error, CommandContext.ProcessEnvironment, CancellationToken.None);
