package cassette.bench;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

import org.apache.cassandra.db.ColumnFamilyStore;
import org.apache.cassandra.dht.Murmur3Partitioner;
import org.apache.cassandra.io.sstable.CQLSSTableWriter;
import org.apache.cassandra.io.sstable.format.SSTableReader;
import org.apache.cassandra.utils.ByteBufferUtil;

/**
 * Main FOLDER ROWS: does what lines of standard input say, `OP COMPRESSION`, once each, and answers each by a line: seconds and bytes on disk.
 * One JVM for all, so that what was compiled stays so; ends with its input.
 *
 *   unsorted, sorted   CQLSSTableWriter, from its first row to its last file
 *   flush              of a memtable with all rows
 *   compact            a major compaction of four SSTables, each with every fourth row
 *   keep               a table `readings` with all rows in one SSTable is left for the offline tools, schema and all
 */
public final class Main
{
    private static int serial;

    public static void main(String[] args) throws Exception
    {
        // Cassandra logs to standard output here and there.
        PrintStream out = System.out;
        System.setOut(System.err);
        Path folder = Path.of(args[0]);
        int count = Integer.parseInt(args[1]);
        Node.configure(folder);
        Node.start();
        List<Row> rows = Row.many(count);
        List<Row> sorted = new ArrayList<>(rows);
        sorted.sort(Comparator.comparing((Row row) -> Murmur3Partitioner.instance.decorateKey(ByteBufferUtil.bytes(row.sensor()))).thenComparing(Row::ts));
        out.println("ready");
        out.flush();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
        for (String line = in.readLine(); line != null; line = in.readLine())
        {
            String[] words = line.split(" ");
            double[] answer = switch (words[0])
            {
                case "unsorted" -> writer(folder, words[1], rows, false);
                case "sorted" -> writer(folder, words[1], sorted, true);
                case "flush" -> flush(words[1], rows);
                case "compact" -> compact(words[1], rows);
                case "keep" -> keep(words[1], rows);
                default -> throw new IllegalArgumentException(line);
            };
            out.println(answer[0] + " " + (long) answer[1]);
            out.flush();
        }
        System.err.flush();
        // The node's threads are no daemons.
        Runtime.getRuntime().halt(0);
    }

    private static double[] writer(Path folder, String compression, List<Row> rows, boolean sorted) throws Exception
    {
        String name = "w" + ++serial;
        Path directory = Files.createDirectories(folder.resolve("written").resolve(name));
        long start = System.nanoTime();
        CQLSSTableWriter.Builder builder = CQLSSTableWriter.builder().inDirectory(directory.toString()).forTable(Row.table(name, compression)).using(Row.insert(name));
        if (sorted) builder.sorted();
        try (CQLSSTableWriter writer = builder.build())
        {
            for (Row row : rows) writer.addRow(row.values());
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        long bytes = 0;
        try (Stream<Path> files = Files.list(directory))
        {
            for (Path file : files.toList())
            {
                bytes += Files.size(file);
                Files.delete(file);
            }
        }
        return new double[]{ seconds, bytes };
    }

    private static double[] flush(String compression, List<Row> rows)
    {
        String name = "f" + ++serial;
        ColumnFamilyStore table = Node.table(name, compression);
        Node.insert(name, rows, 0, 1);
        double seconds = Node.flush(table);
        double[] answer = { seconds, Node.bytes(table) };
        if (table.getLiveSSTables().size() != 1) throw new IllegalStateException(table.getLiveSSTables().size() + " SSTables");
        table.truncateBlocking();
        return answer;
    }

    private static double[] compact(String compression, List<Row> rows)
    {
        String name = "c" + ++serial;
        ColumnFamilyStore table = Node.table(name, compression);
        for (int part = 0; part < 4; part++)
        {
            Node.insert(name, rows, part, 4);
            Node.flush(table);
        }
        if (table.getLiveSSTables().size() != 4) throw new IllegalStateException(table.getLiveSSTables().size() + " inputs");
        long start = System.nanoTime();
        table.forceMajorCompaction();
        double[] answer = { (System.nanoTime() - start) / 1e9, Node.bytes(table) };
        long left = table.getLiveSSTables().stream().mapToLong(SSTableReader::getTotalRows).sum();
        if (left != rows.size()) throw new IllegalStateException(left + " rows came out");
        table.truncateBlocking();
        return answer;
    }

    private static double[] keep(String compression, List<Row> rows)
    {
        ColumnFamilyStore table = Node.table("readings", compression);
        Node.insert("readings", rows, 0, 1);
        double seconds = Node.flush(table);
        return new double[]{ seconds, Node.bytes(table) };
    }

    private Main() {}
}
