using System.Collections;
using System.Data.Common;
using SQLitePCL;

namespace CongVu.Mail.Store.Database;

/// <summary>A row of a <see cref="SqliteStatement"/> as the store's readers see rows of either engine: values by their place, nothing more.</summary>
internal sealed class SqliteRow(SqliteStatement statement) : DbDataReader
{
    public override int FieldCount => statement.Columns;

    public override object this[int ordinal] => GetValue(ordinal);

    public override bool IsDBNull(int ordinal) => statement.TypeOf(ordinal) == raw.SQLITE_NULL;

    public override long GetInt64(int ordinal) => statement.TypeOf(ordinal) == raw.SQLITE_NULL ? throw Null(ordinal) : statement.Int64(ordinal);

    public override int GetInt32(int ordinal) => checked((int)GetInt64(ordinal));

    public override short GetInt16(int ordinal) => checked((short)GetInt64(ordinal));

    public override byte GetByte(int ordinal) => checked((byte)GetInt64(ordinal));

    public override bool GetBoolean(int ordinal) => GetInt64(ordinal) != 0;

    public override double GetDouble(int ordinal) => statement.Double(ordinal);

    public override float GetFloat(int ordinal) => (float)statement.Double(ordinal);

    public override decimal GetDecimal(int ordinal) => (decimal)statement.Double(ordinal);

    public override string GetString(int ordinal) => statement.TypeOf(ordinal) == raw.SQLITE_NULL ? throw Null(ordinal) : statement.Text(ordinal);

    public override T GetFieldValue<T>(int ordinal) => typeof(T) == typeof(byte[]) && !IsDBNull(ordinal) ? (T)(object)statement.Bytes(ordinal) : (T)GetValue(ordinal);

    public override object GetValue(int ordinal) => statement.TypeOf(ordinal) switch
    {
        raw.SQLITE_INTEGER => statement.Int64(ordinal),
        raw.SQLITE_FLOAT => statement.Double(ordinal),
        raw.SQLITE_TEXT => statement.Text(ordinal),
        raw.SQLITE_BLOB => statement.Bytes(ordinal),
        _ => DBNull.Value,
    };

    public override int GetValues(object[] values)
    {
        var count = Math.Min(values.Length, FieldCount);
        for (var i = 0; i < count; i++)
            values[i] = GetValue(i);
        return count;
    }

    // What no reader of the store asks for: it neither moves on by itself nor knows names.
    public override string GetName(int ordinal) => throw new NotSupportedException();

    public override int GetOrdinal(string name) => throw new NotSupportedException();

    public override object this[string name] => throw new NotSupportedException();

    public override int Depth => 0;

    public override bool HasRows => true;

    public override bool IsClosed => false;

    public override int RecordsAffected => -1;

    public override char GetChar(int ordinal) => throw new NotSupportedException();

    public override long GetBytes(int ordinal, long dataOffset, byte[]? buffer, int bufferOffset, int length) => throw new NotSupportedException();

    public override long GetChars(int ordinal, long dataOffset, char[]? buffer, int bufferOffset, int length) => throw new NotSupportedException();

    public override string GetDataTypeName(int ordinal) => throw new NotSupportedException();

    public override DateTime GetDateTime(int ordinal) => throw new NotSupportedException();

    public override IEnumerator GetEnumerator() => throw new NotSupportedException();

    public override Type GetFieldType(int ordinal) => throw new NotSupportedException();

    public override Guid GetGuid(int ordinal) => throw new NotSupportedException();

    public override bool NextResult() => false;

    public override bool Read() => throw new NotSupportedException();

    private static InvalidCastException Null(int ordinal) => new($"Column {ordinal} is null.");
}
