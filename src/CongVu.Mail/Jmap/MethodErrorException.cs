namespace CongVu.Mail.Jmap;

/// <summary>A method call that ends in an "error" response (RFC 8620 §3.6.2). The client's affair; nothing has changed.</summary>
internal sealed class MethodErrorException(string type, string? description = null) : Exception(description ?? type)
{
    internal string Type => type;

    internal string? Description => description;

    internal static MethodErrorException InvalidArguments(string description) => new("invalidArguments", description);
}

/// <summary>A request that is not answered at all (RFC 8620 §3.6.1).</summary>
internal sealed class RequestErrorException(string type, int status, string detail, string? limit = null) : Exception(detail)
{
    internal string Type => type;

    internal int Status => status;

    internal string? Limit => limit;

    internal static RequestErrorException NotJson(string detail) => new("urn:ietf:params:jmap:error:notJSON", 400, detail);

    internal static RequestErrorException NotRequest(string detail) => new("urn:ietf:params:jmap:error:notRequest", 400, detail);

    internal static RequestErrorException OverLimit(string limit, string detail) => new("urn:ietf:params:jmap:error:limit", 400, detail, limit);
}

/// <summary>Why one object was not created, changed or destroyed (RFC 8620 §5.3).</summary>
internal sealed record SetError(string Type, string? Description = null, IReadOnlyList<string>? Properties = null)
{
    internal IReadOnlyList<KeyValuePair<string, object>> More { get; init; } = [];

    internal static SetError InvalidProperties(string description, params string[] properties) => new("invalidProperties", description, properties);

    internal static readonly SetError NotFound = new("notFound");

    internal static readonly SetError Forbidden = new("forbidden");
}

/// <summary>Stops the reading of an object that cannot be made or changed so.</summary>
internal sealed class SetErrorException(SetError error) : Exception(error.Description ?? error.Type)
{
    internal SetError Error => error;

    internal static SetErrorException Invalid(string description, params string[] properties) => new(SetError.InvalidProperties(description, properties));
}
