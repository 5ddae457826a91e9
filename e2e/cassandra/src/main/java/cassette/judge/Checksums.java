package cassette.judge;

import java.io.IOException;
import java.util.zip.CRC32;

import org.apache.cassandra.io.compress.CompressionMetadata;
import org.apache.cassandra.io.sstable.Descriptor;
import org.apache.cassandra.io.sstable.format.CompressionInfoComponent;
import org.apache.cassandra.io.sstable.format.SSTableFormat.Components;
import org.apache.cassandra.io.sstable.format.SSTableReader;
import org.apache.cassandra.io.util.DataIntegrityMetadata;
import org.apache.cassandra.io.util.RandomAccessReader;

/** Every checksum that an SSTable carries: the digest of Data.db, and a CRC32 a chunk, whatever the table's crc_check_chance. */
final class Checksums
{
    static void run(Descriptor descriptor, SSTableReader reader) throws IOException
    {
        DataIntegrityMetadata.FileDigestValidator digest = reader.maybeGetDigestValidator();
        if (digest == null) throw new IOException("no Digest.crc32");
        digest.validate();
        try (CompressionMetadata compression = CompressionInfoComponent.loadIfExists(descriptor);
             RandomAccessReader data = RandomAccessReader.open(descriptor.fileFor(Components.DATA)))
        {
            if (compression == null) plain(descriptor, reader, data);
            else compressed(compression, data);
        }
    }

    private static void compressed(CompressionMetadata compression, RandomAccessReader data) throws IOException
    {
        long expected = 0;
        for (long position = 0; position < compression.dataLength; position += compression.chunkLength())
        {
            String who = "the chunk of position " + position;
            CompressionMetadata.Chunk chunk = compression.chunkFor(position);
            if (chunk.offset != expected) throw new IOException(who + " starts at " + chunk.offset + ", the one before ends at " + expected);
            if (chunk.length < 0 || chunk.offset + chunk.length + 4 > data.length()) throw new IOException(who + " ends after the file");
            byte[] bytes = new byte[chunk.length];
            data.seek(chunk.offset);
            data.readFully(bytes);
            CRC32 crc = new CRC32();
            crc.update(bytes);
            if ((int) crc.getValue() != data.readInt()) throw new IOException(who + " has a wrong checksum");
            long want = Math.min(compression.chunkLength(), compression.dataLength - position);
            // a chunk that would not shrink is stored as it is, a short one filled up to the length that says so
            long have = bytes.length < compression.maxCompressedLength()
                        ? compression.compressor().uncompress(bytes, 0, bytes.length, new byte[compression.chunkLength() + 64], 0)
                        : Math.max(want, compression.maxCompressedLength()) == bytes.length ? want : bytes.length;
            if (have != want) throw new IOException(who + " holds " + have + " bytes, want " + want);
            expected = chunk.offset + chunk.length + 4;
        }
    }

    private static void plain(Descriptor descriptor, SSTableReader reader, RandomAccessReader data) throws IOException
    {
        try (DataIntegrityMetadata.ChecksumValidator crc = reader.maybeGetChecksumValidator())
        {
            if (crc == null) throw new IOException("no CRC.db");
            byte[] chunk = new byte[crc.chunkSize];
            long chunks = 0;
            for (long at = 0; at < data.length(); at += crc.chunkSize, chunks++)
            {
                int length = (int) Math.min(crc.chunkSize, data.length() - at);
                data.readFully(chunk, 0, length);
                crc.validate(chunk, 0, length);
            }
            long have = descriptor.fileFor(Components.CRC).length();
            // a compaction that opened its result early ends with the checksum of one more chunk, an empty one
            if (have != 4 + 4 * chunks && have != 8 + 4 * chunks) throw new IOException("CRC.db has " + have + " bytes, want " + (4 + 4 * chunks));
        }
    }

    private Checksums() {}
}
