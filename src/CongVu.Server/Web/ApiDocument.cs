namespace CongVu.Server.Web;

/// <summary>/openapi.json: what there is under /api, written from the endpoints themselves.</summary>
internal static class ApiDocument
{
    internal static void Add(IServiceCollection services) => services.AddOpenApi(options =>
    {
        options.ShouldInclude = description => description.RelativePath?.StartsWith("api/", StringComparison.Ordinal) == true;
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new() { Title = "Thư Công Vụ", Version = "1", Description = "Sign-in, account and administration. Mail itself goes by JMAP." };
            // Wherever it was asked for, the same document.
            document.Servers = [];
            return Task.CompletedTask;
        });
    });

    internal static void Map(WebApplication application) => application.MapOpenApi("/openapi.json");
}
