package cassette.bench;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;

/** The row of that number, as apps/bench/src/rows/sensor-row.ts makes it: the same arithmetic, so the same bytes. */
record Row(String sensor, long ts, double value, String note, byte[] payload)
{
    private static final String[] WORDS = { "calm", "rising", "falling", "stormy", "clear", "drifting", "anchored", "unsettled" };

    static final String COLUMNS = "sensor_id, ts, value, note, payload";

    static Row of(int index)
    {
        int scattered = index * 1_664_525 + 1_013_904_223;
        long unsigned = Integer.toUnsignedLong(scattered);
        byte[] payload = new byte[64];
        int state = scattered | 1;
        for (int i = 0; i < payload.length; i++)
        {
            state ^= state << 13;
            state ^= state >>> 17;
            state ^= state << 5;
            payload[i] = (byte) state;
        }
        StringBuilder note = new StringBuilder(WORDS[scattered & 7] + ", " + WORDS[(scattered >>> 3) & 7] + ", station " + index);
        while (note.length() < 39) note.append('.');
        return new Row(String.format("sensor-%04d", unsigned % 1000), 1_750_000_000_000L + index * 1000L,
                       (unsigned % 100_000) / 100.0 - 273.25, note.substring(0, 39), payload);
    }

    static List<Row> many(int count)
    {
        List<Row> rows = new ArrayList<>(count);
        for (int i = 0; i < count; i++) rows.add(of(i));
        return rows;
    }

    /** As a statement binds them. */
    Object[] values()
    {
        return new Object[]{ sensor, new Date(ts), value, note, ByteBuffer.wrap(payload) };
    }

    static String table(String name, String compression)
    {
        return "CREATE TABLE bench." + name + " (sensor_id text, ts timestamp, value double, note text, payload blob, PRIMARY KEY (sensor_id, ts)) WITH compression = "
               + (compression.equals("none") ? "{'enabled': 'false'}" : "{'class': 'LZ4Compressor'}");
    }

    static String insert(String name)
    {
        return "INSERT INTO bench." + name + " (" + COLUMNS + ") VALUES (?, ?, ?, ?, ?)";
    }
}
