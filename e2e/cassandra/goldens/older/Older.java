import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.List;

import org.apache.cassandra.dht.Murmur3Partitioner;
import org.apache.cassandra.io.sstable.CQLSSTableWriter;

/**
 * OUT SCHEMA SCRIPT: one SSTable a table of what a script's statements write, by the CQLSSTableWriter of the Cassandra on the class path
 * (4.1, 4.0, 3.11). A line of the script is a statement with a marker for the key, and the key in a comment.
 */
public final class Older
{
    public static void main(String[] args) throws Exception
    {
        List<String> types = new ArrayList<>();
        List<String> tables = new ArrayList<>();
        for (String line : Files.readAllLines(Paths.get(args[1])))
        {
            if (line.startsWith("CREATE TYPE ")) types.add(line.replace("CREATE TYPE ", "CREATE TYPE g.").replace(";", ""));
            if (line.startsWith("CREATE TABLE ")) tables.add(line.replace("CREATE TABLE ", "CREATE TABLE g.").replace(";", ""));
        }
        List<String> script = Files.readAllLines(Paths.get(args[2]));
        try
        {
            for (String table : tables) write(Paths.get(args[0]), table.split(" ")[2].substring(2), table, types, script);
        }
        catch (Throwable t)
        {
            t.printStackTrace();
            System.exit(1);
        }
        System.exit(0);
    }

    private static void write(Path out, String name, String table, List<String> types, List<String> script) throws Exception
    {
        Path folder = Files.createDirectories(out.resolve("g").resolve(name));
        Field field = CQLSSTableWriter.class.getDeclaredField("writer");
        field.setAccessible(true);
        CQLSSTableWriter first = null;
        for (String line : script)
        {
            if (!line.matches("(INSERT INTO|UPDATE|DELETE .*FROM|DELETE FROM) " + name + " .*")) continue;
            // a statement must have a marker: the key, which is k and an int everywhere
            String[] parts = line.split(" -- k = ");
            String cql = parts[0].replaceFirst("(INSERT INTO|UPDATE|FROM) " + name + " ", "$1 g." + name + " ").replaceFirst(";$", "");
            CQLSSTableWriter.Builder builder = CQLSSTableWriter.builder().inDirectory(folder.toString()).withPartitioner(Murmur3Partitioner.instance);
            for (String type : types) builder.withType(type);
            CQLSSTableWriter writer;
            try
            {
                writer = builder.forTable(table).using(cql).build();
            }
            catch (ClassCastException e)
            {
                System.out.println("left out, for this version's writer takes no DELETE: " + cql);
                continue;
            }
            if (first == null) first = writer;
            // the writers of all statements fill one SSTable
            else field.set(writer, field.get(first));
            writer.addRow(Integer.valueOf(parts[1]));
        }
        first.close();
    }
}
