using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace CongVu.Mail.Store.Database;

/// <summary>
/// A statement that stays prepared with its connection. Commits are made of a dozen of them: they go to SQLite directly, without a command object's
/// work for each. Used by one thread at a time, like its connection.
/// </summary>
internal sealed unsafe partial class SqliteStatement : IDisposable
{
    private const int StackBytes = 512;

    /// <summary>SQLITE_TRANSIENT: SQLite keeps a copy of its own.</summary>
    private const nint Copied = -1;

    private readonly sqlite3 connection;
    private readonly bool changes;

    // SQLite counts names in the order in which the text has them: where $1, $2 … are.
    private readonly int[] places;
    private nint handle;

    internal SqliteStatement(sqlite3 connection, string sql)
    {
        this.connection = connection;
        var text = Encoding.UTF8.GetBytes(sql);
        fixed (byte* first = text)
            Check(Prepare(connection.DangerousGetHandle(), first, text.Length, PreparePersistent, out handle, 0));
        changes = IsReadOnly(handle) == 0;
        places = new int[ParameterCount(handle)];
        for (var i = 0; i < places.Length; i++)
            places[int.Parse(Marshal.PtrToStringUTF8(ParameterName(handle, i + 1)).AsSpan(1), provider: null) - 1] = i + 1;
        Row = new(this);
    }

    /// <summary>The row that <see cref="Next"/> came to.</summary>
    internal SqliteRow Row { get; }

    internal int Columns => ColumnCount(handle);

    /// <summary>Gives the parameters $1, $2 … their values.</summary>
    internal void Bind(ReadOnlySpan<object?> arguments)
    {
        for (var i = 0; i < places.Length; i++)
            Check(Bind(places[i], arguments[i]));
    }

    /// <summary>Runs it to its end; the rows it changed.</summary>
    internal int Run()
    {
        while (Next())
        {
        }
        return changes ? Changes(connection.DangerousGetHandle()) : 0;
    }

    /// <summary>The first column of the first row; null without a row.</summary>
    internal object? Scalar()
    {
        if (!Next())
            return null;
        return Row.IsDBNull(0) ? null : Row.GetValue(0);
    }

    /// <summary>Goes on to the next row; false when there is none. Where rows are what a change returns, all of it is made before the first.</summary>
    internal bool Next()
    {
        var code = Step(handle);
        if (code == raw.SQLITE_ROW)
            return true;
        if (code != raw.SQLITE_DONE)
            Check(code);
        return false;
    }

    /// <summary>Makes it ready for the next use. Of an error it was told when it happened.</summary>
    internal void Reset()
    {
        _ = Reset(handle);
        _ = ClearBindings(handle);
    }

    public void Dispose()
    {
        _ = Finalize(handle);
        handle = 0;
    }

    internal int TypeOf(int column) => ColumnType(handle, column);

    internal long Int64(int column) => ColumnInt64(handle, column);

    internal double Double(int column) => ColumnDouble(handle, column);

    internal string Text(int column)
    {
        var first = ColumnText(handle, column);
        var length = ColumnBytes(handle, column);
        return length == 0 ? "" : Encoding.UTF8.GetString(first, length);
    }

    internal byte[] Bytes(int column)
    {
        var first = ColumnBlob(handle, column);
        var length = ColumnBytes(handle, column);
        return length == 0 ? [] : new ReadOnlySpan<byte>(first, length).ToArray();
    }

    private int Bind(int index, object? value)
    {
        switch (value)
        {
            case null or DBNull:
                return BindNull(handle, index);
            case long number:
                return BindInt64(handle, index, number);
            case int number:
                return BindInt64(handle, index, number);
            case string text:
                return Bind(index, text);
            case byte[] bytes:
                // An address that is not null tells an empty blob from none.
                byte none = 0;
                fixed (byte* first = bytes)
                    return BindBlob(handle, index, first is null ? &none : first, bytes.Length, Copied);
            case double number:
                return BindDouble(handle, index, number);
            default:
                return BindInt64(handle, index, Convert.ToInt64(value, null));
        }
    }

    private int Bind(int index, string text)
    {
        var room = Encoding.UTF8.GetMaxByteCount(text.Length);
        var lent = room > StackBytes ? ArrayPool<byte>.Shared.Rent(room) : null;
        var bytes = lent ?? stackalloc byte[StackBytes];
        var length = Encoding.UTF8.GetBytes(text, bytes);
        int code;
        fixed (byte* first = bytes)
            code = BindText(handle, index, first, length, Copied);
        if (lent is not null)
            ArrayPool<byte>.Shared.Return(lent);
        return code;
    }

    private void Check(int code) => SqliteException.ThrowExceptionForRC(code, connection);

    /// <summary>SQLITE_PREPARE_PERSISTENT.</summary>
    private const uint PreparePersistent = 1;

    private const string Library = "e_sqlite3";

    [LibraryImport(Library, EntryPoint = "sqlite3_prepare_v3")]
    private static partial int Prepare(nint connection, byte* sql, int bytes, uint flags, out nint statement, nint tail);

    [LibraryImport(Library, EntryPoint = "sqlite3_step")]
    private static partial int Step(nint statement);

    [LibraryImport(Library, EntryPoint = "sqlite3_reset")]
    private static partial int Reset(nint statement);

    [LibraryImport(Library, EntryPoint = "sqlite3_clear_bindings")]
    private static partial int ClearBindings(nint statement);

    [LibraryImport(Library, EntryPoint = "sqlite3_finalize")]
    private static partial int Finalize(nint statement);

    [LibraryImport(Library, EntryPoint = "sqlite3_stmt_readonly")]
    private static partial int IsReadOnly(nint statement);

    [LibraryImport(Library, EntryPoint = "sqlite3_changes")]
    private static partial int Changes(nint connection);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_parameter_count")]
    private static partial int ParameterCount(nint statement);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_parameter_name")]
    private static partial nint ParameterName(nint statement, int index);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_null")]
    private static partial int BindNull(nint statement, int index);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_int64")]
    [SuppressGCTransition]
    private static partial int BindInt64(nint statement, int index, long value);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_double")]
    private static partial int BindDouble(nint statement, int index, double value);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_text")]
    private static partial int BindText(nint statement, int index, byte* text, int bytes, nint destructor);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_blob")]
    private static partial int BindBlob(nint statement, int index, byte* blob, int bytes, nint destructor);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_count")]
    private static partial int ColumnCount(nint statement);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_type")]
    [SuppressGCTransition]
    private static partial int ColumnType(nint statement, int column);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_int64")]
    [SuppressGCTransition]
    private static partial long ColumnInt64(nint statement, int column);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_double")]
    [SuppressGCTransition]
    private static partial double ColumnDouble(nint statement, int column);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_text")]
    private static partial byte* ColumnText(nint statement, int column);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_blob")]
    private static partial byte* ColumnBlob(nint statement, int column);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_bytes")]
    [SuppressGCTransition]
    private static partial int ColumnBytes(nint statement, int column);
}
