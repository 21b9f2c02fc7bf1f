using System.Text.Json;

namespace CongVu.Mail.Jmap;

/// <summary>A filter (RFC 8620 §5.5): conditions, and operators over them.</summary>
internal abstract record Filter<T>
{
    internal sealed record Condition(T Is) : Filter<T>;

    internal sealed record Operator(string Name, IReadOnlyList<Filter<T>> Of) : Filter<T>;

    /// <summary>Reads a filter; <paramref name="condition"/> reads one condition.</summary>
    internal static Filter<T>? Read(JsonElement? element, int max, Func<Arguments, T> condition)
    {
        var left = max;
        return element is { } given ? Read(given) : null;

        Filter<T> Read(JsonElement one)
        {
            if (one.ValueKind != JsonValueKind.Object)
                throw MethodErrorException.InvalidArguments("A filter is an object.");
            if (--left < 0)
                throw new MethodErrorException("unsupportedFilter", $"At most {max} conditions.");
            var arguments = new Arguments(one);
            if (!one.TryGetProperty("operator"u8, out _))
            {
                var read = new Condition(condition(arguments));
                if (arguments.Unread.FirstOrDefault() is { } unknown)
                    throw new MethodErrorException("unsupportedFilter", $"There is no condition {unknown}.");
                return read;
            }
            var name = arguments.NeededText("operator");
            if (name is not ("AND" or "OR" or "NOT"))
                throw MethodErrorException.InvalidArguments($"There is no operator {name}.");
            var conditions = arguments.Array("conditions") ?? throw MethodErrorException.InvalidArguments("conditions is missing.");
            return new Operator(name, [.. conditions.EnumerateArray().Select(Read)]);
        }
    }

    /// <summary>Decides by <paramref name="decide"/>. NOT means that none of its conditions holds.</summary>
    internal static bool Matches(Filter<T>? filter, Func<T, bool> decide) => filter switch
    {
        null => true,
        Condition { Is: var condition } => decide(condition),
        Operator { Name: "AND", Of: var all } => all.All(f => Matches(f, decide)),
        Operator { Name: "OR", Of: var any } => any.Any(f => Matches(f, decide)),
        Operator { Of: var none } => !none.Any(f => Matches(f, decide)),
        _ => false,
    };

    /// <summary>All conditions in it.</summary>
    internal static IEnumerable<T> Conditions(Filter<T>? filter) => filter switch
    {
        Condition { Is: var condition } => [condition],
        Operator { Of: var inner } => inner.SelectMany(Conditions),
        _ => [],
    };
}

/// <summary>One property to sort by (RFC 8620 §5.5).</summary>
internal sealed record Comparator(string Property, bool Ascending, string? Keyword)
{
    internal static IReadOnlyList<Comparator> ReadAll(Call call, IReadOnlySet<string> known)
    {
        if (call.Arguments.Array("sort") is not { } list)
            return [];
        var read = new List<Comparator>();
        foreach (var item in list.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Object)
                throw MethodErrorException.InvalidArguments("A comparator is an object.");
            var arguments = new Arguments(item);
            var comparator = new Comparator(arguments.NeededText("property"), arguments.Flag("isAscending", otherwise: true), arguments.Text("keyword"));
            var collation = arguments.Text("collation");
            if (!known.Contains(comparator.Property) || collation is not (null or "i;ascii-casemap" or "i;unicode-casemap" or "i;octet"))
                throw new MethodErrorException("unsupportedSort", $"Sorting by {comparator.Property} is not possible.");
            if (comparator.Property.EndsWith("Keyword", StringComparison.Ordinal) && comparator.Keyword is null)
                throw MethodErrorException.InvalidArguments("keyword is missing.");
            if (arguments.Unread.FirstOrDefault() is { } unknown)
                throw MethodErrorException.InvalidArguments($"A comparator has no {unknown}.");
            read.Add(comparator);
        }
        return read;
    }
}
