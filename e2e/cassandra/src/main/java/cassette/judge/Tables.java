package cassette.judge;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import org.apache.cassandra.io.sstable.Descriptor;
import org.apache.cassandra.io.util.File;
import org.apache.cassandra.schema.Schema;
import org.apache.cassandra.schema.TableMetadata;

/** An SSTable found on disk as DIR/keyspace/table/version-generation-format-Data.db. */
record Tables(Path data, String keyspace, String table)
{
    /** Every SSTable below a folder, in the order of their paths; an empty folder is an error, for then nothing would be judged. */
    static List<Tables> below(Path root) throws IOException
    {
        List<Tables> found = new ArrayList<>();
        try (Stream<Path> files = Files.walk(root.toAbsolutePath().normalize()))
        {
            for (Path data : files.filter(f -> f.getFileName().toString().endsWith("-Data.db")).sorted().toList())
            {
                Path table = data.getParent();
                found.add(new Tables(data, table.getParent().getFileName().toString(), withoutId(table.getFileName().toString())));
            }
        }
        if (found.isEmpty()) throw new IOException("no *-Data.db below " + root);
        return found;
    }

    /** Cassandra names its own folders table-id, the id being 32 hexadecimal digits. */
    private static String withoutId(String folder)
    {
        return folder.replaceFirst("-[0-9a-f]{32}$", "");
    }

    /** The files of this one SSTable in a folder of their own, which goes when the JVM ends. */
    Tables copied() throws IOException
    {
        Path folder = Files.createDirectories(Files.createTempDirectory(Boot.scratch(), "copy-").resolve(keyspace).resolve(table));
        String name = data.getFileName().toString();
        String sstable = name.substring(0, name.length() - "Data.db".length());
        try (Stream<Path> files = Files.list(data.getParent()))
        {
            for (Path file : files.filter(f -> f.getFileName().toString().startsWith(sstable)).toList()) Files.copy(file, folder.resolve(file.getFileName()));
        }
        return new Tables(folder.resolve(name), keyspace, table);
    }

    Descriptor descriptor()
    {
        // the names come from us and not from the path, as Cassandra would take them from the last two folders, id and all
        return Descriptor.fromFileWithComponent(new File(data), keyspace, table).left;
    }

    TableMetadata metadata()
    {
        TableMetadata metadata = Schema.instance.getTableMetadata(keyspace, table);
        if (metadata == null) throw new IllegalArgumentException("the schema has no table " + keyspace + "." + table);
        return metadata;
    }
}
